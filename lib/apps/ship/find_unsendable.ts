import { hasExtraKeys, hasHiddenKeys, isDense, isPlainError, kindOf, MAX_DEPTH } from "./kinds.ts";
import { type Reason, reasonFor, reasonForReading, REASONS } from "./unsendable_words.ts";

/** The first part of a value that cannot be sent. */
export interface Unsendable {
  /** The way to it from the value: `.model.loss`; empty for the value itself. */
  readonly path: string;
  /** What it is. */
  readonly reason: Reason;
}

/** Finds the first part of a value that cannot be sent; `marks` says whether futures and files may stand in it. */
export function findUnsendable(value: unknown, marks: boolean): Unsendable | undefined {
  const bad = new Search(marks).visit(value, 0);
  return bad === undefined ? undefined : { path: bad.steps.reverse().join(""), reason: bad.reason };
}

/** What was found, and the way to it, innermost step first: written on the way back, so that the search is free of it. */
interface Bad {
  readonly reason: Reason;
  readonly steps: string[];
}

class Search {
  readonly #marks: boolean;
  readonly #seen = new Set<object>();

  constructor(marks: boolean) {
    this.#marks = marks;
  }

  visit(value: unknown, depth: number): Bad | undefined {
    if (typeof value === "function" || typeof value === "symbol") return bad(reasonFor(value));
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return undefined;
    if (depth >= MAX_DEPTH) return bad(REASONS.deep);
    this.#seen.add(value);
    try {
      return this.#object(value, depth + 1);
    } catch (error) {
      return bad(reasonForReading(error));
    }
  }

  #object(value: object, depth: number): Bad | undefined {
    const kind = kindOf(value);
    switch (kind) {
      case "future":
        return this.#marks ? undefined : bad(REASONS.future);
      case "file":
        return this.#marks ? undefined : bad(REASONS.file);
      case "array":
        return this.#array(value as readonly unknown[], depth); // kindOf said so
      case "object":
        return this.#plain(value, depth);
      case "map":
        return this.#map(value as ReadonlyMap<unknown, unknown>, depth); // kindOf said so
      case "set":
        return this.#set(value as ReadonlySet<unknown>, depth); // kindOf said so
      case "error":
        return this.#error(value, depth);
      case "regexp":
        if (hasExtraKeys(value, 1)) return bad(REASONS.extra);
        return (value as RegExp).lastIndex === 0 ? undefined : bad(REASONS.lastIndex); // kindOf said so
      case "date":
        return hasExtraKeys(value, 0) ? bad(REASONS.extra) : undefined;
      case "bytes":
      case "shared":
      case "boxed":
        return undefined;
      case "other":
        return bad(reasonFor(value));
    }
  }

  #plain(value: object, depth: number): Bad | undefined {
    const keys = Object.keys(value);
    if (hasHiddenKeys(value, keys.length)) return bad(reasonForHidden(value));
    return this.#keys(value, keys, depth);
  }

  #array(value: readonly unknown[], depth: number): Bad | undefined {
    if (!isDense(value)) return this.#keys(value, Object.keys(value), depth);
    for (let i = 0; i < value.length; i++) {
      const item = value[i];
      if (typeof item !== "object" && typeof item !== "function" && typeof item !== "symbol") continue;
      const found = this.visit(item, depth);
      if (found !== undefined) return within(found, `[${i}]`);
    }
    return undefined;
  }

  #keys(value: object, keys: readonly string[], depth: number): Bad | undefined {
    for (const key of keys) {
      const found = this.#member(value, key, depth);
      if (found !== undefined) return within(found, step(key));
    }
    return undefined;
  }

  #member(value: object, key: string, depth: number): Bad | undefined {
    let member: unknown;
    try {
      member = Reflect.get(value, key);
    } catch (error) {
      return bad(reasonForReading(error));
    }
    return this.visit(member, depth);
  }

  #map(value: ReadonlyMap<unknown, unknown>, depth: number): Bad | undefined {
    if (hasExtraKeys(value, 0)) return bad(REASONS.extra);
    let i = 0;
    for (const [k, v] of value) {
      const inKey = this.visit(k, depth);
      if (inKey !== undefined) return within(inKey, `.keys()[${i}]`);
      const inValue = this.visit(v, depth);
      if (inValue !== undefined) return within(inValue, mapStep(k, i));
      i++;
    }
    return undefined;
  }

  #set(value: ReadonlySet<unknown>, depth: number): Bad | undefined {
    if (hasExtraKeys(value, 0)) return bad(REASONS.extra);
    let i = 0;
    for (const item of value) {
      const found = this.visit(item, depth);
      if (found !== undefined) return within(found, `.values()[${i}]`);
      i++;
    }
    return undefined;
  }

  #error(value: object, depth: number): Bad | undefined {
    if (!isPlainError(value)) return bad(REASONS.errorKeys);
    if (!Object.hasOwn(value, "cause")) return undefined;
    // An error is not copied, so nothing can be put in the place of a future in it.
    const cause: unknown = Reflect.get(value, "cause");
    const found = (this.#marks ? new Search(false) : this).visit(cause, depth);
    return found === undefined ? undefined : within(found, ".cause");
  }
}

function bad(reason: Reason): Bad {
  return { reason, steps: [] };
}

function within(found: Bad, step: string): Bad {
  found.steps.push(step);
  return found;
}

function step(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function mapStep(key: unknown, index: number): string {
  if (typeof key === "string") return `.get(${JSON.stringify(key)})`;
  return typeof key === "object" ? `.values()[${index}]` : `.get(${String(key)})`;
}

function reasonForHidden(value: object): Reason {
  const tag = Object.prototype.toString.call(value);
  if (tag === "[object Arguments]") return REASONS.arguments;
  if (tag === "[object Module]") return REASONS.module;
  const symbol = Object.getOwnPropertySymbols(value)[0];
  if (symbol !== undefined) return REASONS.symbolKey(symbol);
  const hidden = Object.getOwnPropertyNames(value).find((k) => !Object.prototype.propertyIsEnumerable.call(value, k));
  return REASONS.hidden(hidden ?? "?");
}
