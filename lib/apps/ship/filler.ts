import { isFile, isFuture } from "../../brand.ts";
import { isDense } from "./kinds.ts";

type Container = readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | object;

/**
 * Fills leaves in values, wherever they stand in arrays, plain objects, Maps and Sets: containers around a leaf are made
 * anew, all others are used as they are. What is shared stays shared, and what goes in a circle still does.
 */
export class Filler {
  readonly #isLeaf: (value: unknown) => boolean;
  readonly #fillLeaf: (leaf: unknown) => unknown;
  /** Containers from which a leaf can be reached; through circles too, hence found from the leaves upwards. */
  readonly #touched = new Set<object>();
  readonly #made = new Map<object, object>();

  /** Looks at all values at once, because they may share their parts. */
  constructor(
    values: readonly unknown[],
    isLeaf: (value: unknown) => boolean,
    fillLeaf: (leaf: unknown) => unknown,
  ) {
    this.#isLeaf = isLeaf;
    this.#fillLeaf = fillLeaf;
    const holders = new Map<object, object[]>();
    const open: Container[] = values.filter(isContainer);
    for (const root of open) holders.set(root, []);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const holder = next;
      eachPart(holder, (part) => {
        if (isLeaf(part)) this.#touched.add(holder);
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

  /** One of the values, filled. */
  fill(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (this.#isLeaf(value)) return this.#fillLeaf(value);
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
    // In this one method, because each level of nesting costs the stack of a call.
    if (Array.isArray(value) && isDense(value)) {
      const made: unknown[] = [];
      this.#made.set(value, made);
      for (const item of value) made.push(this.fill(item));
      return made;
    }
    const made: object = Array.isArray(value) ? Object.assign([], { length: value.length }) : {};
    this.#made.set(value, made);
    for (const [key, part] of Object.entries(value)) {
      const filled = this.fill(part);
      // Not an assignment: a property may be called __proto__.
      Object.defineProperty(made, key, { value: filled, writable: true, enumerable: true, configurable: true });
    }
    return made;
  }
}

function isContainer(value: unknown): value is Container {
  if (typeof value !== "object" || value === null || isFile(value) || isFuture(value)) return false;
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
