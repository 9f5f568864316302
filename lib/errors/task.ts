import { type ErrorExtras, ToolkitError } from "./base.ts";
import { exitMeaning, signalMeaning } from "./words.ts";

/** Which task an error is about, where and when it ran. */
export interface TaskPlace {
  /** Short id: `t42`. */
  readonly task: string;
  /** Name of the app. */
  readonly app: string;
  /** Which try, from 1. */
  readonly try: number;
  /** How many tries there may be. */
  readonly tries: number;
  /** Label of the executor. */
  readonly executor?: string | undefined;
  /** The worker it ran on. */
  readonly worker?: string | undefined;
  /** The host it ran on. */
  readonly host?: string | undefined;
  /** The run directory. */
  readonly runDir?: string | undefined;
}

/** `task t42 "align"` and, where there is more than one, `try 2 of 3`. */
function subject(place: TaskPlace): string {
  return `task ${place.task} "${place.app}"`;
}

function tail(place: TaskPlace): string {
  const where = place.host === undefined ? "" : ` on node ${place.host}`;
  return where + (place.tries > 1 ? `, try ${place.try} of ${place.tries}` : "");
}

/** Root of the errors about one task's own work. */
export abstract class AppError extends ToolkitError {
  /** Which task, where. */
  readonly place: TaskPlace;

  /** Makes an error about a task: `Cannot finish task t42 "align": <what>`. */
  constructor(place: TaskPlace, what: string, extras: ErrorExtras & { readonly body?: string } = {}) {
    super(`Cannot finish ${subject(place)}: ${what}${tail(place)}${extras.body ?? ""}`, extras);
    this.place = place;
  }

  /** Short id of the task. */
  get task(): string {
    return this.place.task;
  }
  /** Name of the app. */
  get app(): string {
    return this.place.app;
  }
}

/** What is known of a bash command that failed. */
export interface BashFailure {
  /** Exit code; undefined when a signal ended it. */
  readonly exitCode?: number | undefined;
  /** Signal that ended it: `SIGKILL`. */
  readonly signal?: string | undefined;
  /** The script that ran, as it ran. */
  readonly command: string;
  /** Directory it ran in. */
  readonly cwd: string;
  /** How long it ran, in milliseconds. */
  readonly durationMs: number;
  /** Last lines of stderr. */
  readonly stderrTail: string;
  /** Last lines of stdout. */
  readonly stdoutTail: string;
  /** File that holds all of stdout, when it went to one. */
  readonly stdoutPath?: string | undefined;
  /** File that holds all of stderr, when it went to one. */
  readonly stderrPath?: string | undefined;
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}

function section(title: string, text: string, path: string | undefined): string {
  const trimmed = text.trimEnd();
  if (trimmed === "") return "";
  return `\n\n${title}${path === undefined ? "" : ` (${path})`}:\n${indent(trimmed)}`;
}

function seconds(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes}m ${Math.round((ms % 60_000) / 1000)}s`
    : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** A bash app exited with a code other than 0, or a signal ended it. */
export class BashError extends AppError {
  /** Literal of this class. */
  readonly code = "BASH";
  /** Everything known of the failure. */
  readonly failure: BashFailure;

  /** Makes the error; the message holds the reason, both tails and the script. */
  constructor(place: TaskPlace, failure: BashFailure, hint?: string) {
    const { exitCode, signal } = failure;
    const meaning = exitCode === undefined ? signalMeaning(signal ?? "") : exitMeaning(exitCode);
    const how = exitCode === undefined ? `ended by ${signal ?? "a signal"}` : `exited with ${exitCode}`;
    const what = `command ${how}${meaning === undefined ? "" : ` (${meaning})`} after ${seconds(failure.durationMs)}`;
    const body = section("stderr", failure.stderrTail, failure.stderrPath) +
      section("stdout", failure.stdoutTail, failure.stdoutPath) +
      `\n\n  $ ${failure.command.trim().split("\n").join("\n    ")}\n  in ${failure.cwd}`;
    super(place, what, { hint, body, retriable: true });
    this.failure = failure;
  }

  /** Exit code; undefined when a signal ended it. */
  get exitCode(): number | undefined {
    return this.failure.exitCode;
  }
  /** Signal that ended it. */
  get signal(): string | undefined {
    return this.failure.signal;
  }
  /** What the exit code or signal usually means. */
  get meaning(): string | undefined {
    return this.exitCode === undefined ? signalMeaning(this.signal ?? "") : exitMeaning(this.exitCode);
  }
  /** The script as it ran. */
  get command(): string {
    return this.failure.command;
  }
  /** Last lines of stderr. */
  get stderrTail(): string {
    return this.failure.stderrTail;
  }
  /** Last lines of stdout. */
  get stdoutTail(): string {
    return this.failure.stdoutTail;
  }
}

/** A function app threw: the function's own error is the `cause`, with the name, message and stack it had there. */
export class RemoteError extends AppError {
  /** Literal of this class. */
  readonly code = "REMOTE";

  /** Makes the error around what the function threw. */
  constructor(place: TaskPlace, cause: unknown) {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : `threw ${String(cause)}`;
    super(place, text, { cause, retriable: true });
  }
}

/** A task ran longer than its walltime; what it started has been killed. */
export class TaskTimeoutError extends AppError {
  /** Literal of this class. */
  readonly code = "TASK_TIMEOUT";
  /** The walltime, in seconds. */
  readonly walltime: number;

  /** Makes the error for a walltime in seconds. */
  constructor(place: TaskPlace, walltime: number, body = "") {
    super(place, `it ran longer than its walltime of ${seconds(walltime * 1000)} and was stopped`, {
      body,
      retriable: true,
    });
    this.walltime = walltime;
  }
}

/** A task ended well but some of its outputs are not there. */
export class MissingOutputsError extends AppError {
  /** Literal of this class. */
  readonly code = "MISSING_OUTPUTS";
  /** Paths of the missing files. */
  readonly missing: readonly string[];

  /** Makes the error for the paths that are missing. */
  constructor(place: TaskPlace, missing: readonly string[]) {
    super(place, `it ended well but did not make ${missing.join(", ")}`, {
      hint: "check the path the command writes to, or leave the file out of its outputs",
      retriable: true,
    });
    this.missing = missing;
  }
}

/** Cannot send a value to a worker or back: the path says which part. */
export class SerializationError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "SERIALIZATION";
  /** Where the part is: `argument 2 .model.loss`. */
  readonly path: string;

  /** Makes the error for a place in a value and what stands there. */
  constructor(message: string, path: string, hint?: string) {
    super(message, { hint });
    this.path = path;
  }
}

/** A result did not fit the schema or the parser of its app. */
export class ResultError extends AppError {
  /** Literal of this class. */
  readonly code = "RESULT";

  /** Makes the error for what was wrong with the result. */
  constructor(place: TaskPlace, what: string, cause?: unknown) {
    super(place, what, { cause });
  }
}
