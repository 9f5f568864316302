import { type Culprit, Refusal, TemplateError } from "./error.ts";
import type { Mark } from "./frame.ts";
import { type Ending, Lexer } from "./lexer.ts";
import type { Place } from "./place.ts";

/** A template that has been read: its text, and where each hole stands. */
export interface Plan {
  /** Static parts, one more than holes. */
  readonly strings: readonly string[];
  /** Where the holes stand. */
  readonly places: readonly Place[];
  /** How the text ends. */
  readonly ending: Ending;
}

/** Reads static parts; `labels` are the names of the holes for messages. */
export function readPlan(strings: readonly string[], marks: readonly Mark[][], labels: readonly string[]): Plan {
  const lexer = new Lexer();
  try {
    for (const [i, text] of strings.entries()) {
      if (i > 0) lexer.hole();
      lexer.push(text, marks[i]);
    }
    const ending = lexer.finish();
    return { strings, places: lexer.places, ending };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Without data in it there is nothing to protect, and bash itself will judge the text.
    if (error.lenient && strings.length === 1) return { strings, places: [], ending: "complete" };
    throw new TemplateError(`Cannot ${doing(error.culprit, labels)}: ${error.message}`, error.hint);
  }
}

function doing(culprit: Culprit, labels: readonly string[]): string {
  if (culprit === undefined) return "read the template";
  return `use ${typeof culprit === "string" ? culprit : labels[culprit] ?? "an expression"}`;
}
