/** What every error of the toolkit carries besides its message. */
export interface ErrorExtras {
  /** What the reader can do about it: one sentence, printed after `hint:`. */
  readonly hint?: string | undefined;
  /** The error underneath. */
  readonly cause?: unknown;
  /** Whether trying again may help; retry policies may overrule it. */
  readonly retriable?: boolean | undefined;
}

/**
 * Root of every error the toolkit makes. `code` is a literal in each class, so that a switch over it narrows the type.
 * The first line of a message is complete in itself; tails of output and a `hint:` follow after blank lines.
 */
export abstract class ToolkitError extends Error {
  /** The literal that names the class. */
  abstract readonly code: string;
  /** What to do about it, when that is known. */
  readonly hint: string | undefined;
  /** Whether trying again may help. */
  readonly retriable: boolean;

  /** Makes an error with a message and its extras. */
  constructor(message?: string, extras: ErrorExtras = {}) {
    const text = message !== undefined && extras.hint !== undefined ? `${message}\nhint: ${extras.hint}` : message;
    super(text, "cause" in extras ? { cause: extras.cause } : undefined);
    this.hint = extras.hint;
    this.retriable = extras.retriable ?? false;
  }

  /** The class name, so that a printed stack says which error it is. */
  override get name(): string {
    return this.constructor.name;
  }
}

/** Cannot go on because the toolkit broke its own rules; please report it. */
export class InternalError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "INTERNAL";

  /** Makes the error; `story` is what happened before, oldest first. */
  constructor(message: string, story: readonly string[] = []) {
    const lines = story.length === 0 ? "" : `\n\nwhat happened before:\n  ${story.join("\n  ")}`;
    super(`${message} (this is a defect of the toolkit: please report it)${lines}`);
  }
}

/** Cannot do what was asked here: the platform, the executor or the version lacks it. */
export class UnsupportedError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "UNSUPPORTED";
}

/** Cannot do it because Deno was not given a permission; the message names the flag. */
export class PermissionError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "PERMISSION";
  /** The flag to run the script with, such as `--allow-run=bash`. */
  readonly flag: string;

  /** Makes the error for what was being done and the flag that allows it. */
  constructor(doing: string, flag: string, cause?: unknown) {
    super(`Cannot ${doing}: the script has no permission for it`, { hint: `run it with ${flag} (or -A)`, cause });
    this.flag = flag;
  }

  /** The error for what Deno refused; its own words say which flag and for what: `--allow-read=/data`. */
  static of(doing: string, refused: Error): PermissionError {
    const flag = /the (--allow-[a-z]+) flag/.exec(refused.message)?.[1] ?? "-A";
    const target = /access to "([^"]+)"/.exec(refused.message)?.[1];
    return new PermissionError(doing, target === undefined || flag === "-A" ? flag : `${flag}=${target}`, refused);
  }
}
