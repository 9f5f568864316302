import { type ErrorExtras, ToolkitError } from "./base.ts";

/** Cannot use a checkpoint file: it is empty, truncated, of another version or not ours. It is left as it was. */
export class CheckpointError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "CHECKPOINT";
  /** The file. */
  readonly file: string;

  /** Makes the error for a file. */
  constructor(message: string, file: string, extras: ErrorExtras = {}) {
    super(message, extras);
    this.file = file;
  }
}
