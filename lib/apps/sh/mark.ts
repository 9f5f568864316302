import type { Ending } from "./lexer.ts";

/** Stands on every piece of shell; a symbol that JSON or a worker message cannot bring in. */
export const SH: unique symbol = Symbol.for("sluice.sh");

/** What a piece of shell is made of, besides its holes. */
export interface Source {
  /** Static parts, one more than holes, as bash sees them. */
  readonly strings: readonly string[];
  /** Whether it is the author's own text, put in unread. */
  readonly raw: boolean;
  /** How its text ends. */
  readonly ending: () => Ending;
}

/** What is needed of a piece to put it into another. */
export interface Piece {
  /** What it is made of. */
  readonly [SH]: Source;
  /** Its direct holes. */
  readonly holes: readonly unknown[];
}

/** Whether a value is a piece of shell. */
export function isSh(value: unknown): value is Piece {
  return typeof value === "object" && value !== null && SH in value;
}
