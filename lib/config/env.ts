import { parse } from "../deps/yaml.ts";
import { PermissionError } from "../errors/mod.ts";
import { type Problem, problemAt, problemsError } from "./issues.ts";
import { mapTree, type ScalarTree, type Tree } from "./tree.ts";

/** Reads an environment variable: undefined when it is not set. */
export type ReadEnv = (name: string) => string | undefined;

const HOLE = /\$\{env:([^}]*)\}/g;
const INSIDE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** The environment of this process; a denied permission is an error that names the flag. */
export function readProcessEnv(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw new PermissionError(`read the environment variable ${name}`, `--allow-env=${name}`, cause);
  }
}

/** Puts the values of `${env:NAME}` and `${env:NAME:-default}` into the texts of a tree. Keys are left alone. */
export function interpolate(root: Tree, env: ReadEnv = readProcessEnv): Tree {
  const problems: Problem[] = [];
  const tree = mapTree(root, (node, path) => {
    if (node.kind !== "scalar" || typeof node.value !== "string" || !node.value.includes("${env:")) return node;
    return fill(node, node.value, env, (why) => problems.push(problemAt(root, path, why)));
  });
  if (problems.length > 0) throw problemsError(problems);
  return tree;
}

function fill(tree: ScalarTree, value: string, env: ReadEnv, wrong: (why: string) => void): Tree {
  const names: string[] = [];
  const text = value.replace(HOLE, (hole, inside: string) => {
    const [, name, fallback] = INSIDE.exec(inside) ?? [];
    if (name === undefined) return hole;
    names.push(name);
    // As in a shell, :- stands in for a variable that is empty too.
    const found = env(name);
    const filled = fallback === undefined ? found : found || fallback;
    if (filled === undefined) {
      wrong(`there is no environment variable ${name}; set it, or write \${env:${name}:-default}`);
    }
    return filled ?? "";
  });
  if (names.length !== value.split("${env:").length - 1) wrong("write ${env:NAME} or ${env:NAME:-default}");
  const alone = tree.bare && names.length === 1 && value.replace(HOLE, "") === "";
  return { ...tree, at: { ...tree.at, env: names }, value: alone ? readBare(text) : text };
}

/** A text as YAML reads it without quotes: a number or true or false stand for themselves. */
function readBare(text: string): unknown {
  // Anything but a lone word could be YAML of its own, and data must not become structure.
  if (!/^[\w.+-]+$/.test(text)) return text;
  const value: unknown = parse(text, { version: "1.2", schema: "core" });
  return typeof value === "number" || typeof value === "boolean" ? value : text;
}
