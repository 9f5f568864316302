import { Refusal } from "./error.ts";
import { type Frame, isWords, type Mark, OPENED } from "./frame.ts";

/** Checks the edges of nested pieces: each stands where code stands, and leaves things as it found them. */
export class Edges {
  readonly #anchors: Frame[] = [];

  /** Passes an edge; `top` is what is open there, `settled` the same without a comment or here-document that ends there. */
  pass(mark: Mark, top: Frame, settled: Frame | undefined, next: string | undefined): void {
    switch (mark.kind) {
      case "raw":
        return checkRaw(mark, top);
      case "list":
        return mark.open ? checkList(mark, top) : checkListEnd(mark, next);
      case "piece":
        if (mark.open) {
          checkPiece(mark, top);
          this.#anchors.push(top);
          return;
        }
        if (this.#anchors.pop() === settled) return;
        throw new Refusal(mark.label, "it is no complete piece here", "close what it opens, and open what it closes");
    }
  }
}

function checkPiece(mark: Mark, top: Frame): void {
  if (isWords(top)) return;
  const hint = "a piece is code: put it outside the quotes or into $(…), or pass its text as a string";
  throw new Refusal(mark.label, `a piece of shell cannot stand in a ${OPENED[top.kind]}`, hint);
}

function checkRaw(mark: Mark, top: Frame): void {
  if (isWords(top) || top.kind === "double" || top.kind === "arith") return;
  if (top.kind === "heredoc" && top.tag?.quoted === false) return;
  const hint = "put it outside the quotes, or into double quotes";
  throw new Refusal(mark.label, `raw text cannot stand in a ${OPENED[top.kind]}`, hint);
}

function checkList(mark: Mark, top: Frame): void {
  const why = !isWords(top)
    ? `it stands in a ${OPENED[top.kind]}`
    : top.words.inWord
    ? "it must stand alone in its word"
    : top.words.listRefusal();
  if (why !== undefined) throw new Refusal(mark.label, `a list cannot stand here: ${why}`, LIST_HINT);
}

function checkListEnd(mark: Mark, next: string | undefined): void {
  if (next === undefined || /[\s;|&)]/.test(next)) return;
  throw new Refusal(mark.label, "a list cannot stand here: it must stand alone in its word", LIST_HINT);
}

/** The way out for a list in a wrong place. */
export const LIST_HINT = 'join it into one string (list.join(" ")), or put spaces around it';
