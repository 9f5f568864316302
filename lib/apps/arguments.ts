import { type FileOf, type FutureOf, isFile, isFuture } from "../brand.ts";
import { Sh } from "./sh.ts";

/**
 * Arguments of bodies that run in the script itself (bash and join apps): they may be anything, so only futures and
 * files are looked for. Arguments of functions that travel are prepared by `ship/sendable.ts`.
 */

/** What stands in some arguments. */
export interface Leaves {
  /** Futures, each as often as it stands there. */
  readonly futures: FutureOf<unknown>[];
  /** Files that go in or out. */
  readonly files: FileOf[];
}

/** Finds futures and files in arrays, plain objects, Maps, Sets and pieces of shell. */
export function findLeaves(value: unknown, found: Leaves = { futures: [], files: [] }, inside = new Set()): Leaves {
  if (typeof value !== "object" || value === null) return found;
  if (isFuture(value)) found.futures.push(value);
  else if (isFile(value)) found.files.push(value);
  else if (Sh.isSh(value)) value.walk((leaf) => findLeaves(leaf, found, inside));
  else if (isContainer(value) && !inside.has(value)) {
    inside.add(value);
    for (const part of parts(value)) findLeaves(part, found, inside);
  }
  return found;
}

type Container = readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | Record<string, unknown>;

function isContainer(value: object): value is Container {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function* parts(value: Container): Generator<unknown> {
  if (value instanceof Map) {
    for (const [k, v] of value) {
      yield k;
      yield v;
    }
  } else if (Array.isArray(value) || value instanceof Set) yield* value;
  else yield* Object.values(value);
}

/** Puts the values of futures in their places; containers without one stay as they are. */
export function fillFutures(value: unknown, valueOf: (future: FutureOf<unknown>) => unknown): unknown {
  return new Filler(value, valueOf).fill(value);
}

/** What is shared stays shared, and what goes in a circle still does. */
class Filler {
  readonly #valueOf: (future: FutureOf<unknown>) => unknown;
  /** Containers from which a future can be reached: through circles too, hence found from the futures upwards. */
  readonly #touched = new Set<object>();
  readonly #made = new Map<object, unknown>();

  constructor(root: unknown, valueOf: (future: FutureOf<unknown>) => unknown) {
    this.#valueOf = valueOf;
    const holders = new Map<object, object[]>();
    const open: Container[] = [];
    function meet(part: unknown, holder: object | undefined): void {
      if (typeof part !== "object" || part === null || isFile(part) || !isContainer(part)) return;
      const known = holders.get(part);
      if (known === undefined) open.push(part);
      if (holder !== undefined) known?.push(holder);
      if (known === undefined) holders.set(part, holder === undefined ? [] : [holder]);
    }
    meet(root, undefined);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const part of parts(next)) {
        if (isFuture(part)) this.#touched.add(next);
        else meet(part, next);
      }
    }
    // A Set visits what is added while it is walked.
    for (const inner of this.#touched) for (const holder of holders.get(inner) ?? []) this.#touched.add(holder);
  }

  fill(value: unknown): unknown {
    if (isFuture(value)) return this.#valueOf(value);
    if (typeof value !== "object" || value === null || !this.#touched.has(value)) return value;
    return this.#made.get(value) ?? this.#make(value);
  }

  #make(value: object): unknown {
    if (Array.isArray(value)) {
      const made: unknown[] = [];
      this.#made.set(value, made);
      for (const part of value) made.push(this.fill(part));
      return made;
    }
    if (value instanceof Map) {
      const made = new Map<unknown, unknown>();
      this.#made.set(value, made);
      for (const [k, v] of value) made.set(this.fill(k), this.fill(v));
      return made;
    }
    if (value instanceof Set) {
      const made = new Set<unknown>();
      this.#made.set(value, made);
      for (const part of value) made.add(this.fill(part));
      return made;
    }
    const made: object = {};
    this.#made.set(value, made);
    for (const [key, part] of Object.entries(value)) {
      // Not an assignment: a property may be called __proto__.
      const filled = this.fill(part);
      Object.defineProperty(made, key, { value: filled, writable: true, enumerable: true, configurable: true });
    }
    return made;
  }
}
