import type * as z from "../deps/zod.ts";
import { ConfigError } from "../errors/mod.ts";
import { nearest, suggestion } from "../text.ts";
import { find, type Origin, type Path, showOrigin, showPath, type Tree } from "./tree.ts";
import { showValue } from "./units.ts";

/**
 * What is wrong, without the place: given to zod as its error map, because only there an issue knows the schema that
 * made it. Unknown keys get one line each, in their order.
 */
export function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeProblem(isWhole(issue.inst) ? "int" : issue.expected, issue.input);
    case "invalid_value":
      return valueProblem(issue.values.map(String), issue.input);
    case "invalid_union":
      return unionProblem(issue);
    case "unrecognized_keys": {
      const legal = legalKeys(issue.inst);
      return issue.keys.map((key) => `unknown key; ${suggestion(key, legal)}`).join("\n");
    }
    case "too_small":
      if (issue.origin === "string") return "it is empty";
      if (issue.origin === "array") return `it must hold at least ${issue.minimum}`;
      return `it must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      if (issue.origin === "string" || issue.origin === "array") return `it must not be longer than ${issue.maximum}`;
      return `it must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
    case "not_multiple_of":
      return `it must be a multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.pattern === undefined ? `it is not a valid ${issue.format}` : `it does not match ${issue.pattern}`;
    case "invalid_key":
      return `its keys are wrong: ${issue.issues.map((i) => i.message).join(", ")}`;
    case "invalid_element":
      return `one of its elements is wrong: ${issue.issues.map((i) => i.message).join(", ")}`;
    case "custom":
      return "it is not valid here";
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  function: "a function",
};

function typeProblem(expected: string, input: unknown): string {
  const words = `expected ${TYPE_WORDS[expected] ?? expected}`;
  if (input === undefined) return words;
  const fix = typeFix(expected, input);
  const got = gotWords(input);
  return `${words}${got === "" ? "" : `, got ${got}`}${fix === "" ? "" : `; ${fix}`}`;
}

/** zod says "number" of a text that stands for a whole number; the schema knows better. */
function isWhole(inst: z.core.$ZodRawIssue["inst"]): boolean {
  const def: unknown = inst?._zod.def;
  return isRecord(def) && def["format"] === "safeint";
}

/** What was got, where the value that stands in front of it does not say so itself. */
function gotWords(input: unknown): string {
  return typeof input === "string" ? "text" : "";
}

function typeFix(expected: string, input: unknown): string {
  if (typeof input !== "string" || input.trim() === "") return "";
  if ((expected === "number" || expected === "int") && !Number.isNaN(Number(input))) return "leave out the quotes";
  if (expected !== "boolean") return "";
  // YAML 1.1 read these as true and false, and many files still rely on it.
  if (/^(y|yes|on|true)$/i.test(input)) return "write true";
  return /^(n|no|off|false)$/i.test(input) ? "write false" : "";
}

function valueProblem(values: readonly string[], input: unknown): string {
  if (typeof input !== "string") return `it can be ${values.join(", ")}`;
  const near = nearest(input, values);
  return near === undefined ? `it can be ${values.join(", ")}` : `did you mean "${near}"?`;
}

function unionProblem(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  if (issue.discriminator !== undefined) {
    const options: unknown = "options" in issue ? issue.options : undefined;
    const kinds = Array.isArray(options) ? options.map(String).filter((kind) => kind !== "use") : [];
    const given = isRecord(issue.input) ? issue.input[issue.discriminator] : undefined;
    if (given === undefined) {
      return kinds.length === 0 ? "there are none to choose from" : `it can be ${kinds.join(", ")}`;
    }
    return typeof given === "string" ? `unknown kind; ${suggestion(given, kinds)}` : "expected text";
  }
  const whole = issue.errors.map((branch) => branch[0]).filter((first) => first !== undefined);
  const types = whole.filter((first) => first.path.length === 0 && first.code === "invalid_type");
  const other = whole.find((first) => !types.includes(first));
  if (other !== undefined) return other.message;
  return `expected ${types.map((t) => t.code === "invalid_type" ? TYPE_WORDS[t.expected] : "").join(" or ")}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function legalKeys(inst: unknown): string[] {
  const shape = isRecord(inst) && isRecord(inst["shape"]) ? inst["shape"] : {};
  return Object.keys(shape);
}

/** One thing that is wrong, with its place. */
export interface Problem {
  readonly at: Origin;
  readonly path: Path;
  readonly text: string;
  readonly got: unknown;
  readonly didYouMean: string | undefined;
}

/** One error for everything zod found: its first line is the first issue, the others follow, each with its place. */
export function issuesError(error: z.core.$ZodError, root: Tree): ConfigError {
  const problems = error.issues.flatMap((issue) => problemsOf(issue, root));
  const files = [...new Set(problems.map((problem) => problem.at.file))];
  // In the order of each file; those of a script, which have no line, stay as they are.
  problems.sort(({ at: a }, { at: b }) =>
    files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
  );
  return problemsError(problems);
}

/** One error for several problems: its first line is the first one. */
export function problemsError(problems: readonly Problem[]): ConfigError {
  const [first, ...rest] = problems;
  if (first === undefined) throw new TypeError("Cannot make an error without an issue");
  const lines = rest.map(({ at, text }) => at.file === undefined ? text : `${showOrigin(at)} ${text}`);
  const { at, path, got, didYouMean } = first;
  const place = { file: at.file, line: at.line, column: at.column, path, got, didYouMean };
  return new ConfigError([first.text, ...lines].join("\n"), place);
}

/** An error about one value of a configuration: `Cannot use <value> as <path>: <why>`. */
export function valueError(root: Tree, path: Path, why: string): ConfigError {
  return problemsError([problemAt(root, path, why)]);
}

function problemsOf(issue: z.core.$ZodIssue, root: Tree): Problem[] {
  const path = issue.path.map((key) => typeof key === "number" ? key : String(key));
  if (issue.code === "unrecognized_keys") {
    const reasons = issue.message.split("\n");
    return issue.keys.map((key, i) => unknownKey(root, path, key, reasons[i] ?? "unknown key"));
  }
  if (issue.code === "custom" && Array.isArray(issue.params?.["sameAs"])) {
    return [sameAs(root, path, issue.params["sameAs"], issue.message)];
  }
  return [problemAt(root, path, issue.message)];
}

function unknownKey(root: Tree, path: Path, key: string, why: string): Problem {
  const { tree } = find(root, path);
  const at = tree.kind === "map" ? tree.entries.get(key)?.key ?? tree.at : tree.at;
  const text = `Cannot use ${JSON.stringify(key)} in ${showPath(path)}: ${why}`;
  return { at, path: [...path, key], text, got: key, didYouMean: meant(why) };
}

/** What is wrong with one value: `Cannot use <value> as <path>: <why>`. */
export function problemAt(root: Tree, path: Path, why: string): Problem {
  const found = find(root, path);
  const at = found.tree.at;
  if (!found.exact) {
    const key = showPath(path.slice(found.path.length));
    const text = `Cannot use ${showPath(found.path)}: "${key}" is missing; ${why}`;
    return { at, path, text, got: undefined, didYouMean: undefined };
  }
  const got = found.tree.kind === "scalar" ? found.tree.value : found.tree.kind === "list" ? [] : {};
  const from = at.env === undefined ? "" : ` (from the environment: ${at.env.join(", ")})`;
  const text = path.length === 0
    ? `Cannot use ${showValue(got)} as a configuration: ${why}`
    : `Cannot use ${showValue(got)}${from} as ${showPath(path)}: ${why}`;
  return { at, path, text, got, didYouMean: meant(why) };
}

/** Two values that must differ: names both, and the place of the other one. */
function sameAs(root: Tree, path: Path, other: Path, why: string): Problem {
  const first = find(root, other);
  const there = showOrigin(first.tree.at);
  const found = find(root, path);
  const text = `Cannot use ${showPath(path)}: ${why}, as ${showPath(other)} is${there === "" ? "" : ` (${there})`}; ` +
    `give each a ${String(path.at(-1))} of its own`;
  return { at: found.tree.at, path, text, got: undefined, didYouMean: undefined };
}

function meant(why: string): string | undefined {
  return /did you mean "([^"]*)"\?/.exec(why)?.[1];
}
