import { Refusal } from "./error.ts";
import { type Frame, OPENED } from "./frame.ts";
import type { Documents } from "./documents.ts";
import { type Demand, type Place, TEXT } from "./place.ts";
import type { Words } from "./words.ts";

/** What ends the part right before a hole and would run into it. */
export type Dangling = "dollar" | "name" | "backslash" | "tag" | undefined;

/** Why a here-document cannot have its tag, and the way out. */
export const TAG = ["the tag of a here-document must be a plain word", "write <<EOF or <<'EOF'"] as const;

/** What is known where a hole is met. */
export interface HoleContext {
  /** Places of the holes before it. */
  readonly places: readonly Place[];
  /** What is open, outermost first. */
  readonly stack: readonly Frame[];
  /** The innermost of them. */
  readonly top: Frame;
  /** What would run into it. */
  readonly dangling: Dangling;
  /** Lines of here-documents. */
  readonly documents: Documents;
  /** The innermost frame that is no quote. */
  base(): Frame;
}

/** Says how a hole is to be quoted where it stands, or refuses it when it cannot be. */
export function placeHole(at: HoleContext): Place {
  const hole = at.places.length;
  const { top } = at;
  try {
    checkGlue(at);
    const base = at.base();
    switch (top.kind) {
      case "single":
      case "double":
      case "ansi": {
        if (top.kind === "ansi") checkEscape(top.text);
        if (base.words !== undefined) return words(at, top.kind, base.words);
        if (base.kind === "arith" || base.kind === "bracket") return arithmetic(at, base);
        break;
      }
      case "arith":
      case "bracket":
        return arithmetic(at, top);
      case "heredoc":
        return inDocument(at);
      case "param":
        if (/^[#!]?\w+\[[^\]]*$/.test(top.text)) return arithmetic(at, top);
        break;
      case "comment":
        throw new Refusal(hole, "it stands in a comment", "move it out of the comment, or write # in quotes");
      case "backtick":
        throw new Refusal(hole, "it stands in a `…` substitution", "write $(…) instead");
      case "top":
      case "subst":
      case "paren":
      case "case":
      case "cond":
      case "array":
        if (top.words !== undefined) return words(at, "bare", top.words);
        break;
    }
    const hint = "set a variable first (name=${value}) and use it in the expansion, or choose in TypeScript";
    throw new Refusal(hole, `it stands in a ${OPENED[base.kind]}`, hint);
  } catch (error) {
    if (error instanceof Refusal && error.culprit === undefined) throw new Refusal(hole, error.message, error.hint);
    throw error;
  }
}

function words(at: HoleContext, quote: Place["quote"], around: Words): Place {
  const demand = around.demand();
  const list = quote !== "bare"
    ? "it stands in quotes"
    : around.inWord
    ? "it must stand alone in its word"
    : around.listRefusal();
  const force = around.mode === "cond" || around.special || (around.inWord && around.delicate);
  const braces = around.inWord && quote === "bare" && around.text.includes("{");
  const fragile = around.mode === "array" && (quote === "double" || quote === "ansi");
  const place = make(at, { quote, demand, list, force, braces, fragile });
  around.hole(place);
  return place;
}

function arithmetic(at: HoleContext, frame: Frame): Place {
  const why = frame.kind === "arith" ? "((…))" : "[…]";
  const signed = /[-+]$/.test(frame.text);
  const demand: Demand = { kind: "integer", why };
  return make(at, { quote: "arith", demand, list: "an expression takes single integers", signed });
}

function inDocument(at: HoleContext): Place {
  const tag = at.top.tag?.tag ?? "";
  if (at.top.tag?.quoted === true) {
    const hint = `write <<${tag} without quotes, and \\$ for a dollar sign in it`;
    throw new Refusal(at.places.length, `the tag of the here-document is quoted, so its text is literal`, hint);
  }
  return make(at, { quote: "heredoc", list: "a here-document takes single texts" });
}

function make(at: HoleContext, known: Partial<Place> & Pick<Place, "quote" | "list">): Place {
  return {
    hole: at.places.length,
    demand: TEXT,
    force: false,
    braces: false,
    fragile: false,
    signed: false,
    line: at.documents.hole(known.quote !== "heredoc"),
    ...known,
  };
}

/** Text right before the hole must not swallow the beginning of the value. */
function checkGlue(at: HoleContext): void {
  const hole = at.places.length;
  if (at.top.kind === "single") return;
  switch (at.dangling) {
    case undefined:
      return;
    case "dollar":
      throw new Refusal(
        hole,
        "a $ stands right before it and would make a variable of it",
        "write \\$ for a dollar sign",
      );
    case "name":
      throw new Refusal(hole, "the name of a variable runs into it", "write the variable as \\${name}");
    case "tag":
      throw new Refusal(hole, ...TAG);
    case "backslash":
      throw new Refusal(hole, "a backslash stands right before it", "write \\\\ for a backslash");
  }
}

/** An escape such as `\x4` must not take the beginning of the value as its rest. */
function checkEscape(text: string): void {
  if (!/(?:^|[^\\])(?:\\\\)*\\(?:x[\da-f]?|[0-7]{1,2}|u[\da-f]{0,3}|U[\da-f]{0,7}|c)$/i.test(text)) return;
  throw new Refusal(undefined, "an escape of the $'…' quote runs into it", "close the quote before the expression");
}
