import { callSiteFile } from "./call_site.ts";
import { freeVariables } from "./free_variables.ts";
import { type ParsedFunction, parseFunction } from "./parse_function.ts";
import { refusal } from "./refusal_words.ts";
import { type LiteralImport, walkScopes } from "./scope_walk.ts";
import { ShipError } from "./ship_error.ts";

/** A function as it travels to a worker. */
export interface ShippedFunction {
  /** An expression that evaluates to the function: `(0, eval)("(" + source + ")")`. */
  readonly source: string;
  /** Name of the function; empty when it has none. */
  readonly name: string;
  /** Whether it is an async function. */
  readonly isAsync: boolean;
}

/** Any function at all: it is asked for its text, and never called here. */
export type AnyFunction = (...args: never[]) => unknown;

/**
 * Makes a function ready to travel as text, or throws a `ShipError` that names what would be missing in a worker.
 * `callSite` is where the app was made, `URL` or `URL:line`; by default the stack is asked, when it is needed at all.
 */
export function shipFunction(fn: AnyFunction, callSite?: string): ShippedFunction {
  // A function may have a `toString` of its own.
  const text = Function.prototype.toString.call(fn);
  const parsed = parseFunction(text);
  if (parsed.kind !== "function") throw unshippable(fn, parsed, callSite);
  const outside = walkScopes(parsed.node);
  const free = freeVariables(text, parsed.offset, outside);
  const first = free[0];
  if (first !== undefined) throw refusal(fn.name, text, [first, ...free.slice(1)], place(callSite));
  const resolved = resolveImports(text, parsed.offset, outside.imports, callSite);
  const { node, key } = parsed;
  const expression = parsed.form === "expression" ? resolved.text : asMethod(
    resolved.text.slice(node.start - parsed.offset),
    (node.async ? "async " : "") + (node.generator ? "*" : ""),
    key ?? "shipped",
  );
  return {
    // Modules are strict and a bare eval is not, and some code does not mean the same in both.
    source: parsed.strict ? `(() => { "use strict"; return ${expression}; })()` : expression,
    name: fn.name,
    isAsync: node.async,
  };
}

/** A method or accessor as an expression: in an object of its own, and out of it again. */
function asMethod(paramsAndBody: string, modifiers: string, key: string): string {
  return `({ ${modifiers}${key}${paramsAndBody} }).${key}`;
}

/** Relative specifiers would be resolved against the worker's own file, so they are resolved here. */
function resolveImports(
  text: string,
  offset: number,
  imports: readonly LiteralImport[],
  callSite: string | undefined,
): { readonly text: string } {
  const relative = imports.filter((i) => /^\.{0,2}\//.test(i.specifier));
  if (relative.length === 0) return { text };
  const base = fileOf(place(callSite));
  if (base === undefined) return { text };
  let out = "";
  let from = 0;
  for (const { start, end, specifier } of relative) {
    if (!URL.canParse(specifier, base)) continue;
    out += text.slice(from, start - offset) + JSON.stringify(new URL(specifier, base).href);
    from = end - offset;
  }
  return { text: out + text.slice(from) };
}

function place(callSite: string | undefined): string | undefined {
  if (callSite !== undefined) return callSite;
  const site = callSiteFile();
  return site === undefined ? undefined : `${site.file}:${site.line}`;
}

function fileOf(callSite: string | undefined): string | undefined {
  return callSite?.replace(/(?::\d+){1,2}$/, "");
}

function unshippable(
  fn: AnyFunction,
  parsed: Exclude<ParsedFunction, { kind: "function" }>,
  callSite: string | undefined,
): ShipError {
  const at = place(callSite);
  const where = at === undefined ? "" : ` (app made at ${at})`;
  const who = fn.name === "" ? "a function" : `function "${fn.name}"`;
  switch (parsed.kind) {
    case "native": {
      const what = fn.name.startsWith("bound ")
        ? "it was made by bind(), and what it is bound to does not travel"
        : "it is native code (or a Proxy) and has no source text";
      return new ShipError(
        `Cannot ship ${who}: ${what}${where}`,
        { callSite: at },
        "wrap it in a function of its own, such as (x) => Math.sqrt(x)",
      );
    }
    case "class":
      return new ShipError(
        `Cannot ship ${who}: it is a class, and an app is called without \`new\`${where}`,
        { callSite: at },
        "put the class in a module and import it inside a function: (x) => import(...).then((m) => new m.Model(x))",
      );
    case "unreadable":
      return new ShipError(
        `Cannot ship ${who}: its source text cannot be read: ${parsed.why}${where}`,
        { callSite: at },
        `put it in a module and use app(import.meta.resolve("./tasks.ts"), "${fn.name || "name"}")`,
      );
  }
}
