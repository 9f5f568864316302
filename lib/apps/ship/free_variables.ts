import { getLineInfo } from "../../deps/acorn.ts";
import { parseFunction } from "./parse_function.ts";
import { type Outside, walkScopes } from "./scope_walk.ts";
import { ShipError } from "./ship_error.ts";
import { WORKER_GLOBALS } from "./worker_globals.ts";

/** A name that a function uses and that would mean nothing, or something else, in a worker. */
export interface FreeVariable {
  /** The name; also `this`, `super`, `arguments`, `import.meta` and `#private`. */
  readonly name: string;
  /** Line of its first use in the text of the function, from 1. */
  readonly line: number;
  /** Column of its first use, from 1. */
  readonly column: number;
}

/** Finds what a function uses that is neither a parameter, nor a local, nor a global of a worker; each name once. */
export function findFreeVariables(text: string): FreeVariable[] {
  const parsed = parseFunction(text);
  switch (parsed.kind) {
    case "function":
      return freeVariables(text, parsed.offset, walkScopes(parsed.node));
    case "native":
    case "class":
      throw new ShipError(`Cannot read the text of a function: it is ${parsed.kind} code`, {}, "give a function");
    case "unreadable":
      throw new ShipError(`Cannot read the text of a function: ${parsed.why}`, {}, "give what toString() gives");
  }
}

/** The same for a function that was read and walked already. */
export function freeVariables(text: string, offset: number, outside: Outside): FreeVariable[] {
  const found = new Map<string, FreeVariable>();
  for (const { name, start } of outside.uses) {
    if (WORKER_GLOBALS.has(name) || found.has(name)) continue;
    const { line, column } = getLineInfo(text, start - offset);
    found.set(name, { name, line, column: column + 1 });
  }
  return [...found.values()];
}
