import { fileURLToPath } from "node:url";
import { isFile, isFuture } from "../../brand.ts";
import { TemplateError } from "./error.ts";

/** The text of a value that stands in a hole; throws when there is none that a reader would expect. */
export function textOf(value: unknown, label: () => string): string {
  switch (typeof value) {
    case "string":
      return checked(value, label);
    case "number":
      if (Number.isFinite(value)) return String(value);
      throw refused(label, `it is ${value}`, "check the number before it gets here");
    case "bigint":
      return String(value);
    case "undefined":
      throw refused(label, "it is undefined", OPTIONAL);
    case "boolean":
      throw refused(label, `it is ${value}`, 'spread a list for a flag: ${on ? ["--flag"] : []}');
    case "function":
      throw refused(label, "it is a function", "call it and pass its result");
    case "symbol":
      throw refused(label, "it is a symbol", "pass a string");
    case "object":
      return textOfObject(value, label);
  }
}

const OPTIONAL = "for a word that may be missing use a list: ${x === undefined ? [] : [x]}";

function textOfObject(value: object | null, label: () => string): string {
  if (value === null) throw refused(label, "it is null", OPTIONAL.replace("undefined", "null"));
  if (isFile(value)) return checked(value.path, label);
  if (value instanceof URL) return checked(value.protocol === "file:" ? pathOf(value, label) : value.href, label);
  if (Array.isArray(value)) throw refused(label, "it is a list in a list", "flatten it: list.flat()");
  if (isFuture(value)) throw refused(label, "its task has not finished", "call the app with the future, or await it");
  if (value instanceof Date) throw refused(label, "it is a Date", "choose a form: date.toISOString()");
  if (typeof (value as { then?: unknown }).then === "function") {
    throw refused(label, "it is a promise", "await it first; only the futures of apps are waited for");
  }
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name;
  const what = name === undefined || name === "Object" ? "an object" : `an object of class ${name}`;
  const hint = Symbol.iterator in value ? "make a list of it: [...x]" : "pass one of its members, or JSON.stringify(x)";
  throw refused(label, `it is ${what}`, hint);
}

function checked(text: string, label: () => string): string {
  if (text.includes("\0")) {
    throw refused(label, "the string has a NUL byte, which no argument can hold", "pass such data in a file");
  }
  if (!text.isWellFormed()) {
    throw refused(label, "the string has half of a surrogate pair, which has no bytes", "use text.toWellFormed()");
  }
  return text;
}

function pathOf(url: URL, label: () => string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw refused(label, `${url.href} is no path (${error instanceof Error ? error.message : error})`, "pass a path");
  }
}

function refused(label: () => string, what: string, hint: string): TemplateError {
  return new TemplateError(`Cannot use ${label()}: ${what}`, hint);
}
