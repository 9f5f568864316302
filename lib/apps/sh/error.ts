/** Cannot make a piece of shell of a template: it names the expression and the way out. A mistake in the script, so a `TypeError`. */
export class TemplateError extends TypeError {
  /** Literal of this class. */
  readonly code = "TEMPLATE";
  /** What to write instead. */
  readonly hint: string | undefined;

  /** Makes the error; the hint goes on a line of its own. */
  constructor(message: string, hint?: string) {
    super(hint === undefined ? message : `${message}\nhint: ${hint}`);
    this.hint = hint;
  }

  /** The class name, so that a printed stack says which error it is. */
  override get name(): string {
    return "TemplateError";
  }
}

/** What a refusal points at: a hole by its number, a piece by its words, or the template as a whole. */
export type Culprit = number | string | undefined;

/** Thrown while reading a template, before it is known how the holes are called; becomes a `TemplateError`. */
export class Refusal extends Error {
  /** What it points at. */
  readonly culprit: Culprit;
  /** What to write instead. */
  readonly hint: string;
  /** Whether bash itself may well accept it: without data in the template there is then nothing to protect. */
  readonly lenient: boolean;

  /** Makes the refusal. */
  constructor(culprit: Culprit, what: string, hint: string, lenient = false) {
    super(what);
    this.culprit = culprit;
    this.hint = hint;
    this.lenient = lenient;
  }
}
