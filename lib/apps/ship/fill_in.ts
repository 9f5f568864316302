import { type FileOf, type FutureOf, isFile, isFuture } from "../../brand.ts";
import { isDense } from "./kinds.ts";

/** A file as a function app is given it. */
export interface PlainFile {
  /** Says that it is a file. */
  readonly kind: "file";
  /** Where it is, as a URL. */
  readonly url: string;
  /** Where it is on this machine. */
  readonly path: string;
}

/**
 * Puts values in the places of futures and plain objects in the places of files. What `prepareArguments` made stays
 * as it is, for the next try: containers around a future or a file are made anew, all others are used as they are.
 */
export function fillIn(values: readonly unknown[], valueOf: (f: FutureOf<unknown>) => unknown): unknown[] {
  const filled: unknown[] = [];
  let filler: Filler | undefined;
  for (const value of values) {
    if (typeof value !== "object" || value === null) filled.push(value);
    else if (isFuture(value) || isFile(value)) filled.push(leaf(value, valueOf));
    else {
      // What arguments share stays shared, so one filler looks at them all.
      filler ??= new Filler(values, valueOf);
      filled.push(filler.fill(value));
    }
  }
  return filled;
}

function leaf(value: FutureOf<unknown> | FileOf, valueOf: (f: FutureOf<unknown>) => unknown): unknown {
  const known = isFuture(value) ? valueOf(value) : value;
  return isFile(known) ? plainFile(known) : known;
}

function plainFile(file: FileOf): PlainFile {
  return { kind: "file", url: file.url, path: file.path };
}

type Container = readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | object;

class Filler {
  readonly #valueOf: (f: FutureOf<unknown>) => unknown;
  /** Containers from which a future or a file can be reached; through cycles too, hence from the leaves upwards. */
  readonly #touched = new Set<object>();
  readonly #made = new Map<object, object>();

  constructor(values: readonly unknown[], valueOf: (f: FutureOf<unknown>) => unknown) {
    this.#valueOf = valueOf;
    const holders = new Map<object, object[]>();
    const open: Container[] = values.filter(isContainer);
    for (const root of open) holders.set(root, []);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const holder = next;
      eachPart(holder, (part) => {
        if (isFuture(part) || isFile(part)) this.#touched.add(holder);
        else if (isContainer(part)) {
          const known = holders.get(part);
          known?.push(holder);
          if (known === undefined) {
            holders.set(part, [holder]);
            open.push(part);
          }
        }
      });
    }
    // A Set visits what is added while it is walked.
    for (const inner of this.#touched) for (const holder of holders.get(inner) ?? []) this.#touched.add(holder);
  }

  fill(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (isFuture(value) || isFile(value)) return leaf(value, this.#valueOf);
    if (!this.#touched.has(value)) return value;
    return this.#made.get(value) ?? this.#make(value);
  }

  #make(value: object): object {
    if (value instanceof Map) {
      const made = new Map<unknown, unknown>();
      this.#made.set(value, made);
      for (const [k, v] of value) made.set(this.fill(k), this.fill(v));
      return made;
    }
    if (value instanceof Set) {
      const made = new Set<unknown>();
      this.#made.set(value, made);
      for (const item of value) made.add(this.fill(item));
      return made;
    }
    return Array.isArray(value) && isDense(value) ? this.#makeArray(value) : this.#makeObject(value);
  }

  #makeArray(value: readonly unknown[]): object {
    const made: unknown[] = [];
    this.#made.set(value, made);
    for (const item of value) made.push(this.fill(item));
    return made;
  }

  #makeObject(value: object): object {
    const made: object = Array.isArray(value) ? Object.assign([], { length: value.length }) : {};
    this.#made.set(value, made);
    for (const [key, part] of Object.entries(value)) {
      // Not an assignment: a property may be called __proto__.
      Object.defineProperty(made, key, {
        value: this.fill(part),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return made;
  }
}

function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function eachPart(container: Container, see: (part: unknown) => void): void {
  if (container instanceof Map) {
    for (const [k, v] of container) {
      see(k);
      see(v);
    }
  } else if (container instanceof Set) { for (const item of container) see(item); }
  else for (const part of Object.values(container)) see(part);
}
