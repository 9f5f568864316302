import type { Tag } from "./place.ts";
import type { Words } from "./words.ts";

/** What can be open in a script. */
export type FrameKind =
  | "top"
  | "subst"
  | "paren"
  | "case"
  | "cond"
  | "array"
  | "single"
  | "double"
  | "ansi"
  | "comment"
  | "backtick"
  | "param"
  | "arith"
  | "bracket"
  | "heredoc";

/** Something that is open. */
export interface Frame {
  /** What it is. */
  readonly kind: FrameKind;
  /** Line of the template it was opened on, from 1. */
  readonly row: number;
  /** Brackets open in an arithmetic expression. */
  depth: number;
  /** Text so far, where the meaning of a hole hangs on it. */
  text: string;
  /** Words in it, when it holds commands or words. */
  readonly words?: Words;
  /** Here-documents that begin at the next newline, when it reads commands by itself. */
  readonly pending?: Tag[];
  /** The here-document it is. */
  readonly tag?: Tag;
  /** What it leaves behind when it closes. */
  readonly after?: "command" | "subscript";
}

/** An edge of a nested piece, of raw text or of a list with pieces in it. */
export interface Mark {
  /** Index in the static part. */
  readonly at: number;
  /** Whether it begins there or ends. */
  readonly open: boolean;
  /** What it is the edge of. */
  readonly kind: "piece" | "raw" | "list";
  /** How the expression is called. */
  readonly label: string;
}

/** Words for what is open. */
export const OPENED: Readonly<Record<FrameKind, string>> = {
  top: "script",
  subst: "$(…)",
  paren: "(…)",
  case: "case … esac",
  cond: "[[ … ]]",
  array: "array (…)",
  single: "'…' quote",
  double: '"…" quote',
  ansi: "$'…' quote",
  comment: "comment",
  backtick: "`…` substitution",
  param: "${…} expansion",
  arith: "((…)) expression",
  bracket: "[…] expression",
  heredoc: "here-document",
};

/** Whether words and commands stand directly in a frame. */
export function isWords(frame: Frame): frame is Frame & { readonly words: Words } {
  return frame.words !== undefined;
}
