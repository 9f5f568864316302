import { ToolkitError } from "./base.ts";

/** What a command of a batch system said. */
export interface CommandOutcome {
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** Its exit code. */
  readonly exitCode: number;
  /** What it wrote to stdout. */
  readonly stdout: string;
  /** What it wrote to stderr. */
  readonly stderr: string;
}

/** Root of the errors of providers. */
export abstract class ProviderError extends ToolkitError {
  /** What the command said. */
  readonly outcome: CommandOutcome;

  /** Makes the error; the command, its exit code and both outputs follow the message. */
  constructor(message: string, outcome: CommandOutcome, transient: boolean, hint?: string) {
    const said = [outcome.stderr, outcome.stdout].map((s) => s.trim()).filter((s) => s !== "").join("\n");
    super(
      `${message}: ${outcome.command.join(" ")} exited with ${outcome.exitCode}${said === "" ? "" : `\n\n${said}`}`,
      {
        hint,
        retriable: transient,
      },
    );
    this.outcome = outcome;
  }
}

/** A batch system refused a job. */
export class SubmitError extends ProviderError {
  /** Literal of this class. */
  readonly code = "SUBMIT";
}

/** A batch system did not say how its jobs are. */
export class StatusError extends ProviderError {
  /** Literal of this class. */
  readonly code = "STATUS";
}

/** A batch system did not cancel a job. */
export class CancelError extends ProviderError {
  /** Literal of this class. */
  readonly code = "CANCEL";
}
