import { type ErrorExtras, ToolkitError } from "./base.ts";

/** Root of the errors of executors: the task did nothing wrong, what ran it did. */
export abstract class ExecutorError extends ToolkitError {
  /** Label of the executor. */
  readonly executor: string;

  /** Makes the error for the executor of that label. */
  constructor(executor: string, message: string, extras: ErrorExtras = {}) {
    super(message, { retriable: true, ...extras });
    this.executor = executor;
  }
}

/** How a worker ended. */
export interface WorkerEnd {
  /** Name of the worker. */
  readonly worker: string;
  /** Exit code, when there was one. */
  readonly exitCode?: number | undefined;
  /** Signal, when one ended it. */
  readonly signal?: string | undefined;
}

/** The worker that ran a task died. */
export class WorkerLostError extends ExecutorError {
  /** Literal of this class. */
  readonly code = "WORKER_LOST";
  /** How it ended. */
  readonly end: WorkerEnd;

  /** Makes the error; `subject` is `task t42 "align"`, `what` says how the worker ended. */
  constructor(executor: string, subject: string, what: string, end: WorkerEnd, hint?: string) {
    super(executor, `Cannot finish ${subject}: ${what}`, { hint });
    this.end = end;
  }
}

/** The manager of a node was lost, and with it the tasks it had. */
export class ManagerLostError extends ExecutorError {
  /** Literal of this class. */
  readonly code = "MANAGER_LOST";
}

/** A block never came up. */
export class BlockStartError extends ExecutorError {
  /** Literal of this class. */
  readonly code = "BLOCK_START";
}

/** Nothing the executor has can ever run the task. */
export class NoResourcesError extends ExecutorError {
  /** Literal of this class. */
  readonly code = "NO_RESOURCES";
}

/** The two ends of a connection do not understand each other. */
export class WireError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "WIRE";
}
