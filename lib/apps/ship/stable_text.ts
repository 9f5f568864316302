import { isFile } from "../../brand.ts";
import { hasExtraKeys, hasHiddenKeys, isDense, isPlainError, kindOf } from "./kinds.ts";

/** Longer texts of parts are replaced by their digests, so that no value makes a long key. */
const LONGEST = 512;

/** Says that there is something without a text; its place is sought by the catcher. */
export class Unkeyable extends Error {}

/** A text, or its digest when it is long; no other text begins with `#`. */
export function shorten(text: string): string {
  return text.length > LONGEST ? `#${digest(text)}` : text;
}

/** The text of a primitive. */
export function primitive(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > LONGEST ? `"#${digest(JSON.stringify(value))}` : JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "function":
    case "symbol":
      throw new Unkeyable();
    case "boolean":
    case "undefined":
    case "object":
      return String(value);
  }
}

/** The text of one object around the texts of its parts. */
export function describe(value: object, textOf: (part: unknown) => string): string {
  const kind = kindOf(value);
  switch (kind) {
    case "array":
      return arrayText(value as readonly unknown[], textOf); // kindOf said so
    case "object": {
      const keys = Object.keys(value);
      if (hasHiddenKeys(value, keys.length)) throw new Unkeyable();
      return `{${keysText(value, keys, textOf)}}`;
    }
    case "map": {
      if (hasExtraKeys(value, 0)) throw new Unkeyable();
      const entries = [...value as ReadonlyMap<unknown, unknown>]; // kindOf said so
      return `Map{${entries.map(([k, v]) => `${textOf(k)}=>${textOf(v)}`).sort().join()}}`;
    }
    case "set":
      if (hasExtraKeys(value, 0)) throw new Unkeyable();
      return `Set{${[...value as ReadonlySet<unknown>].map(textOf).sort().join()}}`; // kindOf said so
    case "date":
      return `Date(${(value as Date).getTime()})`; // kindOf said so
    case "regexp":
      return `RegExp${JSON.stringify([(value as RegExp).source, (value as RegExp).flags])}`; // kindOf said so
    case "error":
      return errorText(value as Error, textOf); // kindOf said so
    case "boxed":
      return `Object(${primitive(value.valueOf())})`;
    case "bytes":
    case "shared":
      return bytesText(value as ArrayBufferView | ArrayBufferLike); // kindOf said so
    case "file":
      return isFile(value) ? `File(${JSON.stringify(value.url)})` : "";
    case "future":
    case "other":
      throw new Unkeyable();
  }
}

function arrayText(value: readonly unknown[], textOf: (part: unknown) => string): string {
  if (isDense(value)) return `[${value.map(textOf).join()}]`;
  return `[${value.length};${keysText(value, Object.keys(value), textOf)}]`;
}

function keysText(value: object, keys: readonly string[], textOf: (part: unknown) => string): string {
  return keys.toSorted().map((key) => `${JSON.stringify(key)}:${textOf(Reflect.get(value, key))}`).join();
}

function errorText(value: Error, textOf: (part: unknown) => string): string {
  if (!isPlainError(value)) throw new Unkeyable();
  const cause = Object.hasOwn(value, "cause") ? `,${textOf(value.cause)}` : "";
  return `${nameOf(value)}(${JSON.stringify(value.message)}${cause})`;
}

function bytesText(value: ArrayBufferView | ArrayBufferLike): string {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  return `${nameOf(value)}(${bytes.length <= 64 ? bytes.toHex() : `#${digest(bytes)}`})`;
}

/** Name of a built-in class; `kindOf` let no other through. */
function nameOf(value: object): string {
  const made: unknown = Object.getPrototypeOf(value).constructor;
  return typeof made === "function" ? made.name : "";
}

function digest(data: string | Uint8Array): string {
  // Touching node:process and node:crypto takes longer than starting Deno does: only when it is needed.
  // deno-lint-ignore no-process-global
  return process.getBuiltinModule("node:crypto").createHash("sha256").update(data).digest("hex");
}
