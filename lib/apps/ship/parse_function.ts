import { type AnyNode, type ArrowFunctionExpression, type FunctionExpression, parse } from "../../deps/acorn.ts";

/** A function as acorn sees it. */
export type FunctionNode = ArrowFunctionExpression | FunctionExpression;

/** The text of a function, read. */
export type ParsedFunction =
  | {
    readonly kind: "function";
    /** Whether the text is an expression as it stands, or a method or accessor that must be put into an object. */
    readonly form: "expression" | "method";
    /** The parameters and the body. */
    readonly node: FunctionNode;
    /** Name of a method, when it is a plain one. */
    readonly key: string | undefined;
    /** Characters that were put in front to read it: positions in `node` count them. */
    readonly offset: number;
    /** Whether it reads as strict code, as all code in modules is. */
    readonly strict: boolean;
  }
  | { readonly kind: "native" }
  | { readonly kind: "class" }
  | { readonly kind: "unreadable"; readonly why: string };

const NATIVE = /\{\s*\[native code\]\s*\}\s*$/;

/** What a text may have to stand in to be read: a method shorthand is no expression by itself. */
const FRAMES: readonly (readonly [before: string, after: string])[] = [["(", ")"], ["(class{", "})"], ["({", "})"]];

/** Reads the text of a function as `Function.prototype.toString` gives it. */
export function parseFunction(text: string): ParsedFunction {
  if (NATIVE.test(text)) return { kind: "native" };
  let why = "it is empty";
  let furthest = -1;
  // Modules are strict; only functions from CommonJS or `new Function` can be otherwise.
  for (const strict of [true, false]) {
    for (const [before, after] of FRAMES) {
      try {
        const read = inFrame(parseProgram(before + text + after, strict), before.length, strict);
        if (read !== undefined) return read;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        const at = "pos" in error && typeof error.pos === "number" ? error.pos - before.length : 0;
        if (at <= furthest) continue;
        furthest = at;
        why = error.message.replace(/ \(\d+:\d+\)$/, "");
      }
    }
  }
  return { kind: "unreadable", why };
}

function parseProgram(text: string, strict: boolean): AnyNode | undefined {
  const program = parse(text, {
    ecmaVersion: "latest",
    sourceType: strict ? "module" : "script",
    // A method may use private names of the class it was taken from; the scope walk says so in better words.
    checkPrivateFields: false,
    allowSuperOutsideMethod: true,
  });
  const statement = program.body.length === 1 ? program.body[0] : undefined;
  return statement?.type === "ExpressionStatement" ? statement.expression : undefined;
}

function inFrame(node: AnyNode | undefined, offset: number, strict: boolean): ParsedFunction | undefined {
  if (node === undefined) return undefined;
  if (node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression") {
    return { kind: "function", form: "expression", node, key: undefined, offset, strict };
  }
  if (offset === 1) return node.type === "ClassExpression" ? { kind: "class" } : undefined;
  const members = node.type === "ClassExpression"
    ? node.body.body
    : node.type === "ObjectExpression"
    ? node.properties
    : [];
  const member = members.length === 1 ? members[0] : undefined;
  if (member?.type !== "MethodDefinition" && member?.type !== "Property") return undefined;
  if (member.value.type !== "FunctionExpression") return undefined;
  const key = !member.computed && member.key.type === "Identifier" ? member.key.name : undefined;
  return { kind: "function", form: "method", node: member.value, key, offset, strict };
}
