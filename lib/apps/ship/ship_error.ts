/** Where in a function, and in which script, something stands in the way of shipping it. */
export interface ShipPlace {
  /** The variable, or `this`, `super`, `arguments`, `import.meta`; undefined when the whole function is the matter. */
  readonly variable?: string | undefined;
  /** Line inside the function as it runs (types stripped), from 1. */
  readonly line?: number | undefined;
  /** Column in that line, from 1. */
  readonly column?: number | undefined;
  /** `file:line` where the app was made. */
  readonly callSite?: string | undefined;
}

/** Cannot ship a function to a worker: it needs something that does not travel with it, or has no source text. */
export class ShipError extends TypeError {
  /** Literal of this class. */
  readonly code = "SHIP";
  /** What is in the way, and where. */
  readonly place: ShipPlace;
  /** What to do about it. */
  readonly hint: string;

  /** Makes the error; the hint stands below the message. */
  constructor(message: string, place: ShipPlace, hint: string) {
    super(`${message}\nhint: ${hint}`);
    this.place = place;
    this.hint = hint;
  }

  /** The class name, so that a printed stack says which error it is. */
  override get name(): string {
    return "ShipError";
  }
}
