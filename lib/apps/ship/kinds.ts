import { FILE, FUTURE } from "../../brand.ts";

/**
 * What an object is to a message between threads or processes. `bytes` and `shared` are ArrayBuffers and their views;
 * `boxed` is an object around a primitive; `other` cannot be sent, or not without being silently changed.
 */
export type Kind =
  | "future"
  | "file"
  | "array"
  | "object"
  | "map"
  | "set"
  | "date"
  | "regexp"
  | "error"
  | "bytes"
  | "shared"
  | "boxed"
  | "other";

/** V8's own limit is about 3,000 on an empty stack; where exactly it is depends on what is on the stack. */
export const MAX_DEPTH = 1000;

/** Array lengths up to which named properties are looked for: that costs 5 ns for each element. */
const NAMES_SOUGHT = 10_000;

const VIEW_BUFFER = getterOf(Object.getPrototypeOf(Uint8Array.prototype), "buffer");
const DATA_VIEW_BUFFER = getterOf(DataView.prototype, "buffer");

/** What has no internal slot of its kind throws: a Proxy of a Map, or `Object.create(Map.prototype)`. */
type Proof = (value: object) => Kind;

const KINDS: ReadonlyMap<unknown, Proof> = new Map<unknown, Proof>([
  [Map.prototype, proofBy("map", getterOf(Map.prototype, "size"))],
  [Set.prototype, proofBy("set", getterOf(Set.prototype, "size"))],
  [Date.prototype, proofBy("date", Date.prototype.getTime)],
  [RegExp.prototype, proofBy("regexp", getterOf(RegExp.prototype, "global"))],
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
    .map((c) => [c.prototype, errorKind] as const),
  ...[Number, String, Boolean, BigInt].map((c) => [c.prototype, proofBy("boxed", c.prototype.valueOf)] as const),
  [ArrayBuffer.prototype, bufferKind],
  [SharedArrayBuffer.prototype, proofBy("shared", getterOf(SharedArrayBuffer.prototype, "byteLength"))],
  [DataView.prototype, (value) => bufferKind(DATA_VIEW_BUFFER.call(value))],
  ...[
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
    Float16Array,
    Float32Array,
    Float64Array,
  ].map((c) => [c.prototype, (value: object) => bufferKind(VIEW_BUFFER.call(value))] as const),
]);

/** What an object is. Properties that would be lost are another question: see `hasHiddenKeys`. */
export function kindOf(value: object): Kind {
  if (FUTURE in value) return "future";
  if (FILE in value) return "file";
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return "object";
  if (Array.isArray(value)) return prototype === Array.prototype ? "array" : "other";
  try {
    return KINDS.get(prototype)?.(value) ?? "other";
  } catch {
    return "other";
  }
}

/** Whether a value that is no container has properties that a message would lose; `own` are those it always has. */
export function hasExtraKeys(value: object, own: number): boolean {
  return Object.getOwnPropertyNames(value).length + Object.getOwnPropertySymbols(value).length > own;
}

/** Whether a plain object has symbol keys or hidden properties, which a message would lose. */
export function hasHiddenKeys(value: object, keys: number): boolean {
  return Object.getOwnPropertyNames(value).length !== keys || Object.getOwnPropertySymbols(value).length !== 0;
}

/** Whether an array has all its elements and nothing else: no holes, no properties with names. */
export function isDense(value: readonly unknown[]): boolean {
  // The first hole ends it: a sparse array may be longer than anyone can count.
  for (let i = 0; i < value.length; i++) if (value[i] === undefined && !(i in value)) return false;
  return value.length > NAMES_SOUGHT || Object.keys(value).length === value.length;
}

/** Whether an error has only what a message keeps. */
export function isPlainError(value: object): boolean {
  return Reflect.ownKeys(value).every((k) => k === "message" || k === "stack" || k === "cause");
}

function errorKind(value: object): Kind {
  return Error.isError(value) ? "error" : "other";
}

function bufferKind(buffer: unknown): Kind {
  if (buffer instanceof ArrayBuffer) return buffer.detached ? "other" : "bytes";
  return buffer instanceof SharedArrayBuffer ? "shared" : "other";
}

function proofBy(kind: Kind, method: (this: never) => unknown): Proof {
  return (value) => {
    // Calling it is the proof: it throws for what it is not meant for.
    method.call(value as never);
    return kind;
  };
}

function getterOf(prototype: object, key: string): (this: unknown) => unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, key)?.get;
  if (getter === undefined) throw new TypeError(`Cannot find the getter of ${key}`);
  return getter;
}
