/** Why something cannot be sent: `is a function`, and what to do about it. */
export interface Reason {
  /** What it is, after "it" or a path. */
  readonly is: string;
  /** What to do. */
  readonly hint: string;
}

const DATA_HINT = "send its data as a plain object, and make the object again where it is needed";

/** Reasons that need no look at the value. */
export const REASONS = {
  deep: { is: "is nested deeper than 1,000 levels", hint: "send it as a flat array" },
  future: { is: "is a future", hint: "await it, or make the app a join app, whose body may return futures" },
  file: { is: "is a file of the toolkit", hint: "send its path or its url" },
  extra: { is: "has properties of its own, which would be lost", hint: "send them beside it, in an object" },
  lastIndex: { is: "is a RegExp whose lastIndex would be lost", hint: "set its lastIndex to 0 first" },
  detached: { is: "is memory that was transferred away", hint: "send it before its ArrayBuffer is transferred" },
  errorKeys: {
    is: "is an Error with properties of its own, which would be lost",
    hint: "send what is needed of it as a plain object: { name: e.name, message: e.message, … }; or throw it",
  },
  arguments: { is: "is an arguments object", hint: "send [...arguments]" },
  module: { is: "is a module", hint: "import it where it is needed, or send { ...it }" },
  symbolKey: (key: symbol): Reason => ({
    is: `has a property named by ${String(key)}, which would be lost`,
    hint: "give it a name that is a string",
  }),
  hidden: (key: string): Reason => ({
    is: `has a property that is not enumerable (${key}), which would be lost`,
    hint: "send a copy that has it as a plain property",
  }),
} as const;

/** Words for the kinds of things that people try to send, by the name of their class or of one above it. */
const BY_CLASS: ReadonlyMap<string, Reason> = new Map(Object.entries({
  Promise: { is: "is a Promise", hint: "await it first, or make what returns it an app: futures may stand anywhere" },
  URL: { is: "is a URL, which would arrive empty", hint: "pass url.href" },
  URLSearchParams: { is: "is a URLSearchParams, which would arrive empty", hint: "pass params.toString()" },
  Headers: { is: "is a Headers, which would arrive empty", hint: "pass [...headers]" },
  FormData: { is: "is a FormData, which would arrive empty", hint: "pass [...form]" },
  Buffer: { is: "is a Buffer, which may arrive as a Uint8Array", hint: "pass new Uint8Array(buffer)" },
  Blob: { is: "is a Blob, which does not survive the way to another process", hint: "pass await blob.bytes()" },
  WeakMap: { is: "is a WeakMap", hint: "send a Map" },
  WeakSet: { is: "is a WeakSet", hint: "send a Set" },
  WeakRef: { is: "is a WeakRef", hint: "send what it refers to" },
  ReadableStream: { is: "is a stream", hint: "read it first, or send the path of a file" },
  WritableStream: { is: "is a stream", hint: "open it where it is needed: send the path of a file" },
  TransformStream: { is: "is a stream", hint: "make it where it is needed" },
  MessagePort: { is: "is a MessagePort", hint: "results and futures carry what apps have to say to each other" },
  AbortSignal: { is: "is an AbortSignal", hint: "cancel with app.with({ signal }), or future.cancel()" },
  Iterator: { is: "is an iterator or generator", hint: "send its items: [...it]" },
  AsyncIterator: { is: "is an async iterator or generator", hint: "send its items: await Array.fromAsync(it)" },
}));

/** What a function, a symbol or an object that cannot be sent is. */
export function reasonFor(value: object | symbol): Reason {
  if (typeof value === "symbol") return { is: "is a symbol", hint: "send its name, a string" };
  if (typeof value === "function") {
    return { is: "is a function", hint: "import it where it is needed, inside the app, or send what chooses it" };
  }
  const names = classNames(value);
  const own = names[0] ?? "Object";
  if (Error.isError(value)) {
    const lost = own === "AggregateError" || own === "SuppressedError" ? "without what it holds" : "as a plain Error";
    return { is: `is ${an(own)}, which would arrive ${lost}`, hint: REASONS.errorKeys.hint };
  }
  if (isDetached(value)) return REASONS.detached;
  for (const name of names) {
    const reason = BY_CLASS.get(name);
    if (reason !== undefined) return reason;
  }
  if (names.length > 1) {
    return { is: `is an instance of ${own}, and would arrive as a plain ${names[1]}`, hint: DATA_HINT };
  }
  if (COPIED.has(own)) return { is: `is not a real ${own} but a Proxy or a likeness of one`, hint: DATA_HINT };
  return { is: `is an instance of ${own}`, hint: DATA_HINT };
}

/** Classes whose instances can be sent, unless they only look like instances. */
const COPIED: ReadonlySet<string> = new Set([
  "Map",
  "Set",
  "Date",
  "RegExp",
  "Error",
  "Number",
  "String",
  "Boolean",
  "BigInt",
  "ArrayBuffer",
]);

function isDetached(value: object): boolean {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  return buffer instanceof ArrayBuffer && Object.getPrototypeOf(buffer) === ArrayBuffer.prototype && buffer.detached;
}

/** What is to be said of a getter or a Proxy that threw. */
export function reasonForReading(error: unknown): Reason {
  return { is: `cannot be read: ${error instanceof Error ? error.message : String(error)}`, hint: DATA_HINT };
}

/** Names of the class of an object and of those above it, without Object. */
function classNames(value: object): string[] {
  const names: string[] = [];
  for (
    let p: unknown = Object.getPrototypeOf(value);
    typeof p === "object" && p !== null;
    p = Object.getPrototypeOf(p)
  ) {
    if (p === Object.prototype) break;
    const made: unknown = Object.getOwnPropertyDescriptor(p, "constructor")?.value;
    const tag: unknown = Object.getOwnPropertyDescriptor(p, Symbol.toStringTag)?.value;
    if (typeof made === "function" && made.name !== "") names.push(made.name);
    else if (typeof tag === "string") names.push(tag);
    if (p === ITERATOR) names.push("Iterator");
    if (p === ASYNC_ITERATOR) names.push("AsyncIterator");
  }
  return names;
}

const ITERATOR: unknown = Iterator.prototype;
const ASYNC_ITERATOR: unknown = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* (): AsyncGenerator<never> {})())),
);

function an(name: string): string {
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}
