/**
 * Shell templates: `` sh`grep ${word} ${file}` `` quotes each value for the place where it stands, so that data never
 * becomes code. The static parts are bash as you typed it; a reader follows them and refuses, with the way out, the
 * places where no quoting can help.
 *
 * Worth knowing:
 * - A value in `[[ $x =~ ${re} ]]` or a pattern is literal; put a regular expression into a variable of its own.
 * - Arithmetic, array subscripts and `[[ … -eq … ]]` take integers only: bash would run `$(…)` in anything else. The same
 *   happens later when a script computes with a variable or an output that holds data, or looks at `${!name}` or writes
 *   to `>&"$name"` with one: no template can see that.
 * - `eval`, `bash -c`, `source`, `trap`, `ssh host` and programs such as `awk` and `sed` read their arguments as code: a
 *   value given to them is the author's own doing.
 * - A hole in command position names the command, whatever that is.
 * - Bash must run in a locale of UTF-8 or C: in older multi-byte ones an escape can become half of a letter.
 * - A value that begins with `-` is an option to most programs: write `--` before it.
 * - `sh.raw(text)` puts text in as it is, as if typed there, outside quotes, in `"…"`, `((…))` and here-documents.
 * - JavaScript needs `` \` `` and `\${` in a template, and bash sees them without the backslash; use `'…'` or `sh.raw` for an
 *   escaped backtick of bash itself.
 *
 * @module
 */
import { type Hole, Sh } from "./sh/piece.ts";

export type { FileOf, FutureOf } from "../brand.ts";
export { TemplateError } from "./sh/error.ts";
export { type Hole, type HoleScalar, Sh } from "./sh/piece.ts";
export { quoteWord } from "./sh/quote.ts";
export { needsOwnProcess } from "./sh/scan.ts";

/** The tag of shell templates. */
export interface ShTag {
  /** A piece of shell with each value quoted for where it stands. */
  (strings: TemplateStringsArray, ...holes: readonly Hole[]): Sh;
  /** Text that is put in as it is: the author's own code, never data. */
  raw(text: string): Sh;
}

/** A piece of shell with each value quoted for where it stands: `` sh`wc -l ${file}` ``. */
export const sh: ShTag = Object.assign(tag, { raw });

/** Makes a piece of the parts of a tagged template, for other tags than `sh`. */
export function shFrom(strings: TemplateStringsArray, holes: readonly Hole[]): Sh {
  return Sh.from(strings, holes);
}

function tag(strings: TemplateStringsArray, ...holes: readonly Hole[]): Sh {
  return Sh.from(strings, holes);
}

function raw(text: string): Sh {
  return Sh.raw(text);
}
