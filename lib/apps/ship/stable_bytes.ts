import { SerializationError } from "../../errors/task.ts";
import { findUnsendable } from "./find_unsendable.ts";
import { MAX_DEPTH } from "./kinds.ts";
import { unfold } from "./stable_cycles.ts";
import { describe, primitive, shorten, Unkeyable } from "./stable_text.ts";

/**
 * A text for a value, the same for equal values and for no others (up to a collision of SHA-256, which stands for long
 * parts). Order of keys, of Map entries and of Set members does not matter, nor which parts are shared, nor how often a
 * cycle was unrolled; all else does: `1`, `"1"`, `1n`, `-0`, holes, kinds of typed arrays. Errors count by class,
 * message and cause, files by url. Throws a `SerializationError` for what could not be an argument.
 */
export function canonical(value: unknown): string {
  try {
    return new Encoder().encode(value) ?? shorten(unfold(value));
  } catch (error) {
    if (!(error instanceof Unkeyable)) throw error;
    const found = findUnsendable(value, true) ?? findUnsendable(value, false) ??
      { path: "", reason: { is: "cannot be copied", hint: "use plain data" } };
    const path = `value${found.path}`;
    throw new SerializationError(`Cannot make a cache key: ${path} ${found.reason.is}`, path, found.reason.hint);
  }
}

/** Makes texts of trees and of graphs without cycles, each part once. */
class Encoder {
  readonly #texts = new Map<object, string>();
  readonly #open = new Set<object>();
  #isCyclic = false;

  /** The text, or undefined when there is a cycle. */
  encode(value: unknown): string | undefined {
    const text = this.#text(value);
    return this.#isCyclic ? undefined : text;
  }

  #text(value: unknown): string {
    if (typeof value !== "object" || value === null) return primitive(value);
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    if (this.#isCyclic || this.#open.has(value)) {
      this.#isCyclic = true;
      return "";
    }
    if (this.#open.size >= MAX_DEPTH) throw new Unkeyable();
    this.#open.add(value);
    const whole = describe(value, (part) => this.#text(part));
    this.#open.delete(value);
    const text = shorten(whole);
    this.#texts.set(value, text);
    return text;
  }
}
