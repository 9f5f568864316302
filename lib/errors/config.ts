import { type ErrorExtras, ToolkitError } from "./base.ts";

/** Where in a configuration something is wrong. */
export interface ConfigPlace {
  /** The file it was read from; undefined for an object in the script. */
  readonly file?: string | undefined;
  /** Line in that file, from 1. */
  readonly line?: number | undefined;
  /** Column in that line, from 1. */
  readonly column?: number | undefined;
  /** Keys from the root to the value: `["executors", 0, "label"]`. */
  readonly path?: readonly (string | number)[] | undefined;
  /** What was found. */
  readonly got?: unknown;
  /** What would be right. */
  readonly expected?: string | undefined;
  /** The nearest legal word to the one that was found. */
  readonly didYouMean?: string | undefined;
}

/** Cannot use a configuration, an option or an argument of the toolkit: it names the place and the fix. */
export class ConfigError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "CONFIG";
  /** Where it is wrong. */
  readonly place: ConfigPlace;

  /** Makes the error; the file, line and column of the place go in front of the message. */
  constructor(message: string, place: ConfigPlace = {}, extras: ErrorExtras = {}) {
    const { file, line, column } = place;
    const at = file === undefined ? "" : `${[file, line, column].filter((x) => x !== undefined).join(":")} `;
    super(at + message, extras);
    this.place = place;
  }
}

/** Cannot ask for such resources: an unknown key, a wrong type or more than the executor can ever give. */
export class InvalidResourceSpecificationError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "INVALID_RESOURCE_SPECIFICATION";
  /** The key that is wrong, when it is one key. */
  readonly key: string | undefined;
  /** The keys the executor knows. */
  readonly legal: readonly string[];

  /** Makes the error. */
  constructor(message: string, key: string | undefined, legal: readonly string[], hint?: string) {
    super(message, { hint });
    this.key = key;
    this.legal = legal;
  }
}
