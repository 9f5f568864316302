import type { FileOf, FutureOf } from "../../brand.ts";
import { SerializationError } from "../../errors/task.ts";
import { findUnsendable, type Unsendable } from "./find_unsendable.ts";
import { hasExtraKeys, hasHiddenKeys, isDense, isPlainError, kindOf, MAX_DEPTH } from "./kinds.ts";

/** Arguments ready to wait for their futures, and then to travel. */
export interface Prepared {
  /** Copies: what the caller changes later does not matter. Futures and files stand in them as they were. */
  readonly values: unknown[];
  /** The futures in them, each as often as it stands there; undefined when there are none. */
  readonly futures: FutureOf<unknown>[] | undefined;
  /** The files in them, likewise. */
  readonly files: FileOf[] | undefined;
  /** Whether shared memory stands in them, which can go to a thread but to no other process. */
  readonly shared: boolean;
}

/**
 * Copies the arguments of a call and finds the futures and files in them. Arrays, plain objects, Maps and Sets are
 * copied (cycles and shared parts stay what they are), bytes and errors are shared. Throws a `SerializationError` that
 * names the place of what cannot be sent. Getters of plain objects are read once. Named properties of arrays longer
 * than 10,000 and of typed arrays are not looked for.
 */
export function prepareArguments(args: readonly unknown[], appName: string): Prepared {
  const values: unknown[] = [];
  let copier: Copier | undefined;
  for (let i = 0; i < args.length; i++) {
    const value = args[i];
    const type = typeof value;
    if (type === "object" && value !== null) {
      copier ??= new Copier();
      values.push(copyOf(value as object, copier, args, i, appName)); // typeof said so
    } else if (type === "function" || type === "symbol") {
      throw unsendable(args, i, appName);
    } else values.push(value);
  }
  if (copier === undefined) return { values, futures: undefined, files: undefined, shared: false };
  return { values, futures: copier.futures, files: copier.files, shared: copier.shared };
}

function copyOf(value: object, copier: Copier, args: readonly unknown[], index: number, appName: string): unknown {
  try {
    return copier.copy(value, 0);
  } catch (error) {
    throw unsendable(args, index, appName, error);
  }
}

/** The copier only says that something is wrong; where it is, is sought when it is needed. */
function unsendable(args: readonly unknown[], index: number, appName: string, cause?: unknown): SerializationError {
  const found: Unsendable = findUnsendable(args[index], true) ??
    { path: "", reason: { is: `cannot be copied: ${String(cause)}`, hint: "send plain data" } };
  const { path, reason } = found;
  const argument = `argument ${index + 1}`;
  return new SerializationError(
    `Cannot send ${argument} of "${appName}": ${path === "" ? "it" : path} ${reason.is}`,
    path === "" ? argument : `${argument} ${path}`,
    reason.hint,
  );
}

/** Thrown by the copier, which does not know the place; never leaves this file. */
class Refused extends Error {}

class Copier {
  futures: FutureOf<unknown>[] | undefined;
  files: FileOf[] | undefined;
  shared = false;
  /** The first container, beside the map: most arguments have no other. */
  #first: object | undefined;
  #firstCopy: object | undefined;
  #copies: Map<object, object> | undefined;

  copy(value: object, depth: number): unknown {
    const kind = kindOf(value);
    switch (kind) {
      case "future":
        (this.futures ??= []).push(value as FutureOf<unknown>); // kindOf said so
        return value;
      case "file":
        (this.files ??= []).push(value as FileOf); // kindOf said so
        return value;
      case "array":
      case "object":
      case "map":
      case "set":
        return this.#copyOnce(value, kind, depth);
      case "date":
        if (hasExtraKeys(value, 0)) throw new Refused();
        return new Date((value as Date).getTime()); // kindOf said so
      case "regexp":
        if (hasExtraKeys(value, 1) || (value as RegExp).lastIndex !== 0) throw new Refused(); // kindOf said so
        return value;
      case "error":
        if (!isPlainError(value) || findUnsendable(value, true) !== undefined) throw new Refused();
        return value;
      case "shared":
        this.shared = true;
        return value;
      case "bytes":
      case "boxed":
        return value;
      case "other":
        throw new Refused();
    }
  }

  #copyOnce(value: object, kind: "array" | "object" | "map" | "set", depth: number): object {
    if (value === this.#first && this.#firstCopy !== undefined) return this.#firstCopy;
    const known = this.#copies?.get(value);
    if (known !== undefined) return known;
    if (depth >= MAX_DEPTH) throw new Refused();
    switch (kind) {
      case "array":
        return this.#array(value as readonly unknown[], depth + 1); // kindOf said so
      case "object":
        return this.#object(value, depth + 1);
      case "map":
        return this.#map(value as ReadonlyMap<unknown, unknown>, depth + 1); // kindOf said so
      case "set":
        return this.#set(value as ReadonlySet<unknown>, depth + 1); // kindOf said so
    }
  }

  #remember(value: object, copy: object): void {
    if (this.#first === undefined) {
      this.#first = value;
      this.#firstCopy = copy;
    } else (this.#copies ??= new Map()).set(value, copy);
  }

  #part(value: unknown, depth: number): unknown {
    if (typeof value === "object" && value !== null) return this.copy(value, depth);
    if (typeof value === "function" || typeof value === "symbol") throw new Refused();
    return value;
  }

  #object(value: object, depth: number): object {
    // Spreading reads each getter once and keeps a property that is called __proto__ a property.
    const copy: Record<string, unknown> = { ...value };
    const keys = Object.keys(copy);
    if (hasHiddenKeys(value, keys.length)) throw new Refused();
    this.#remember(value, copy);
    for (const key of keys) {
      const part = copy[key];
      const type = typeof part;
      if (type === "object" && part !== null) copy[key] = this.copy(part as object, depth); // typeof said so
      else if (type === "function" || type === "symbol") throw new Refused();
    }
    return copy;
  }

  #array(value: readonly unknown[], depth: number): object {
    if (!isDense(value)) return this.#sparseArray(value, depth);
    const copy: unknown[] = value.slice();
    this.#remember(value, copy);
    for (let i = 0; i < copy.length; i++) {
      const part = copy[i];
      const type = typeof part;
      if (type === "object" && part !== null) copy[i] = this.copy(part as object, depth); // typeof said so
      else if (type === "function" || type === "symbol") throw new Refused();
    }
    return copy;
  }

  #sparseArray(value: readonly unknown[], depth: number): object {
    const copy: unknown[] = [];
    copy.length = value.length;
    this.#remember(value, copy);
    for (const key of Object.keys(value)) {
      const part = this.#part(Reflect.get(value, key), depth);
      Object.defineProperty(copy, key, { value: part, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }

  #map(value: ReadonlyMap<unknown, unknown>, depth: number): object {
    if (hasExtraKeys(value, 0)) throw new Refused();
    const copy = new Map<unknown, unknown>();
    this.#remember(value, copy);
    for (const [k, v] of value) copy.set(this.#part(k, depth), this.#part(v, depth));
    return copy;
  }

  #set(value: ReadonlySet<unknown>, depth: number): object {
    if (hasExtraKeys(value, 0)) throw new Refused();
    const copy = new Set<unknown>();
    this.#remember(value, copy);
    for (const item of value) copy.add(this.#part(item, depth));
    return copy;
  }
}
