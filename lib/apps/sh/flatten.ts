import { type FutureOf, isFuture } from "../../brand.ts";
import { TemplateError } from "./error.ts";
import type { Mark } from "./frame.ts";
import { isSh, type Piece, SH } from "./mark.ts";
import { type Plan, readPlan } from "./plan.ts";
import type { Ending } from "./lexer.ts";

/** Gives the value of a future; undefined while values are not known yet. */
export type Resolve = ((future: FutureOf<unknown>) => unknown) | undefined;

/** A template with its pieces put in place. */
export interface Flat {
  /** Where the holes stand. */
  readonly plan: Plan;
  /** What stands in them; no piece is among them. */
  readonly values: readonly unknown[];
  /** Names of the holes for messages. */
  readonly labels: readonly string[];
}

/** Plans of templates with pieces in them, by their text; emptied when full. */
const PLANS = new Map<string, Plan>();
const MOST_PLANS = 500;

/** Whether a value takes part in the text as code, or leaves no word at all, so that the text must be read anew. */
export function isStructural(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 || value.some(isSh) : isSh(value);
}

/** Name of a hole for messages. */
export function labelOf(index: number, count: number, within?: string): string {
  const label = `expression ${index + 1} of ${count}`;
  return within === undefined ? label : `${label} of the piece in ${within}`;
}

/** Puts nested pieces in place, so that one reading of the whole knows where each hole stands. */
export function flatten(piece: Piece, values: readonly unknown[], resolve: Resolve): Flat {
  const flat = new Flattener(resolve);
  flat.template(piece, values);
  return flat.finish();
}

class Flattener {
  readonly #strings = [""];
  readonly #marks: Mark[][] = [[]];
  readonly #values: unknown[] = [];
  readonly #labels: string[] = [];
  readonly #resolve: Resolve;
  #unended: { readonly ending: Ending; readonly label: string } | undefined;

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  finish(): Flat {
    const marks = this.#marks.map((ms) => ms.map((m) => `${m.at}${m.kind}${m.open}`).join()).join(";");
    const key = `${this.#strings.join("\0")}\0${marks}`;
    let plan = PLANS.get(key);
    if (plan === undefined) {
      plan = readPlan(this.#strings, this.#marks, this.#labels);
      if (PLANS.size >= MOST_PLANS) PLANS.clear();
      PLANS.set(key, plan);
    }
    return { plan, values: this.#values, labels: this.#labels };
  }

  template(piece: Piece, values: readonly unknown[], within?: string): void {
    for (const [i, text] of piece[SH].strings.entries()) {
      if (i > 0) this.#value(values[i - 1], labelOf(i - 1, values.length, within));
      this.#text(text);
    }
  }

  #value(value: unknown, label: string): void {
    if (isSh(value)) return this.#piece(value, label);
    if (!Array.isArray(value) || !isStructural(value)) return this.#hole(value, label);
    this.#mark(true, "list", label);
    for (const [i, item] of value.entries()) {
      if (i > 0) this.#text(" ");
      const name = `element ${i + 1} of ${label}`;
      if (isSh(item)) this.#piece(item, name);
      else this.#hole(item, name);
    }
    this.#mark(false, "list", label);
  }

  #piece(piece: Piece, label: string): void {
    const { raw, ending } = piece[SH];
    this.#mark(true, raw ? "raw" : "piece", label);
    this.template(piece, resolved(piece.holes, this.#resolve), label);
    if (raw) return;
    this.#mark(false, "piece", label);
    if (ending() !== "complete") this.#unended = { ending: ending(), label };
  }

  #hole(value: unknown, label: string): void {
    if (this.#unended !== undefined) throw this.#swallows(this.#unended);
    this.#values.push(value);
    this.#labels.push(label);
    this.#strings.push("");
    this.#marks.push([]);
  }

  #text(text: string): void {
    const last = this.#strings.length - 1;
    this.#strings[last] += text === "" ? "" : this.#ended(text) + text;
  }

  #mark(open: boolean, kind: Mark["kind"], label: string): void {
    const at = this.#strings.at(-1)?.length ?? 0;
    this.#marks.at(-1)?.push({ at, open, kind, label });
  }

  /** The newline that a piece with a comment or here-document at its end needs before anything may follow. */
  #ended(text: string): string {
    const unended = this.#unended;
    if (unended === undefined) return "";
    this.#unended = undefined;
    if (text.startsWith("\n")) return "";
    if (/^[ \t]*\)/.test(text)) return "\n";
    if (/^[ \t]*\n/.test(text)) return unended.ending === "comment" ? "" : "\n";
    throw this.#swallows(unended);
  }

  #swallows(unended: { readonly ending: Ending; readonly label: string }): TemplateError {
    const what = unended.ending === "comment" ? "a comment" : "a here-document";
    return new TemplateError(
      `Cannot use ${unended.label}: the piece ends in ${what}, and more follows on the same line`,
      "put a newline after the expression",
    );
  }
}

/** The values of the holes of a template once its futures have theirs. */
export function resolved(values: readonly unknown[], resolve: Resolve): readonly unknown[] {
  if (resolve === undefined) return values;
  const one = (value: unknown): unknown => isFuture(value) ? resolve(value) : value;
  return values.map((value) => Array.isArray(value) ? value.map(one) : one(value));
}
