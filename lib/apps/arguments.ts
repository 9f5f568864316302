import { type FileOf, type FutureOf, isFile, isFuture } from "../brand.ts";
import { Filler } from "./ship/filler.ts";
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
  // The filler only hands over what it was told is a future.
  return new Filler([value], isFuture, (future) => valueOf(future as FutureOf<unknown>)).fill(value);
}
