/** How the text around a hole is quoted. */
export type Quote = "bare" | "double" | "single" | "ansi" | "heredoc" | "arith";

/**
 * What bash does with a word beyond passing it on, and so what its holes may hold. Quoting does not help there: an
 * arithmetic expression or a variable name such as `a[$(cmd)]` is evaluated once more after the quotes are gone.
 */
export type Demand =
  | { readonly kind: "text" }
  /** Evaluated as arithmetic. */
  | { readonly kind: "integer"; readonly why: string }
  /** Taken as the name of a variable. */
  | { readonly kind: "name"; readonly why: string }
  /** Assigned by `declare`, which reads `(…)` as an array with code in it. */
  | { readonly kind: "value"; readonly why: string }
  /** First argument of `printf`, where `-v` would name a variable. */
  | { readonly kind: "format"; readonly why: string };

/** No demand. */
export const TEXT: Demand = { kind: "text" };

/** The end line of a here-document that the hole stands in. */
export interface Tag {
  /** The line that ends it. */
  readonly tag: string;
  /** Whether the tag was quoted, so that the text is literal. */
  readonly quoted: boolean;
  /** Whether tabs at the start of a line are dropped (`<<-`). */
  readonly strip: boolean;
  /** Whether it is in `$(…)`: bash then ends it also at a line that begins with the tag and has a `)` further on. */
  readonly nested: boolean;
}

/** The line of a here-document around a hole, with `HOLE` for each hole. */
export interface Line {
  /** The line, known in full once its end has been read. */
  text: string;
  /** Which hole of the line this is, from 0. */
  readonly index: number;
  /** The documents it must not end. */
  readonly tags: readonly Tag[];
  /** Whether the document is around a `$(…)` around the hole, rather than around the hole itself. */
  readonly inner: boolean;
}

/** Everything known of where a hole stands; text that follows the hole may still change it while it is read. */
export interface Place {
  /** Number of the hole, from 0. */
  readonly hole: number;
  /** The quotes around it. */
  readonly quote: Quote;
  /** What its word demands. */
  demand: Demand;
  /** Why a list cannot stand here; undefined when it can. */
  list: string | undefined;
  /** Whether a bare hole is quoted even when its text looks harmless. */
  force: boolean;
  /** Whether it stands in `{…}`, where an integer is left bare so that `{1..n}` works. */
  readonly braces: boolean;
  /** Whether it stands in quotes in an array, where bash 5.2 garbles two control characters. */
  readonly fragile: boolean;
  /** Whether a sign stands right before it, so that a negative number needs a space. */
  readonly signed: boolean;
  /** The line of the here-document, when it stands in one. */
  readonly line: Line | undefined;
}

/** Stands for a hole in the text of a word or line. */
export const HOLE = "\uE000";
/** Stands for an expansion in the text of a word. */
export const EXPANSION = "\uE001";
