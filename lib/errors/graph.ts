import { type ErrorExtras, ToolkitError } from "./base.ts";

/** The part of a task that an error about the graph points at; the text is only built when it is read. */
export interface TaskLink {
  /** Short id: `t42`. */
  readonly shortId: string;
  /** Name of the app. */
  readonly name: string;
  /** Why that task failed. */
  readonly error: unknown;
}

/** First line of what went wrong, for use inside another message. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const end = text.indexOf("\n");
  return end < 0 ? text : text.slice(0, end);
}

/** How many tasks of a long chain are printed from each end. */
const CHAIN_SHOWN = 4;

/**
 * A task did not run because a task it needs failed. It keeps a pointer to that task, so a chain of 100,000 failures
 * costs one object each; path and text are built when someone reads them.
 */
export class DependencyError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "DEPENDENCY";
  readonly #self: TaskLink;
  readonly #via: TaskLink;
  /** How many other tasks it needs had failed too when this was decided. */
  readonly others: number;

  /** Makes the error of task `self`, which needed `via`. */
  constructor(self: TaskLink, via: TaskLink, others: number) {
    super(undefined);
    // The own empty message of Error would hide the getter below.
    delete (this as { message?: string }).message;
    this.#self = self;
    this.#via = via;
    this.others = others;
  }

  /** The task that was needed. */
  static viaOf(error: DependencyError): TaskLink {
    return error.#via;
  }

  /** Ids from the task that was needed down to the one that failed first. */
  get path(): string[] {
    const ids: string[] = [];
    for (let link: TaskLink | undefined = this.#via; link !== undefined;) {
      ids.push(link.shortId);
      link = link.error instanceof DependencyError ? link.error.#via : undefined;
    }
    return ids;
  }

  /** The task that failed first. */
  get root(): TaskLink {
    let link = this.#via;
    while (link.error instanceof DependencyError) link = link.error.#via;
    return link;
  }

  /** The error of the task that failed first. */
  override get cause(): unknown {
    return this.root.error;
  }

  /** Says which task, the chain to the root and why the root failed. */
  override get message(): string {
    const path = this.path;
    const shown = path.length <= 2 * CHAIN_SHOWN
      ? path.join(" <- ")
      : `${path.slice(0, CHAIN_SHOWN).join(" <- ")} <- (${path.length - 2 * CHAIN_SHOWN} more) <- ${
        path.slice(-CHAIN_SHOWN).join(" <- ")
      }`;
    const others = this.others === 0 ? "" : ` (and ${this.others} other${this.others === 1 ? "" : "s"} it needs)`;
    const root = this.root;
    return `Cannot run task ${this.#self.shortId} "${this.#self.name}": it needs ${shown}${others}, ` +
      `and ${root.shortId} "${root.name}" failed: ${firstLine(root.error)}`;
  }
}

/** One or more of the futures that a join app returned failed. */
export class JoinError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "JOIN";
  /** The tasks that failed, in the order in which the body returned them. */
  readonly failed: readonly TaskLink[];

  /** Makes the error of the join task `self`. */
  constructor(self: { readonly shortId: string; readonly name: string }, failed: readonly TaskLink[], total: number) {
    const lines = failed.map((f) => `  task ${f.shortId} "${f.name}": ${firstLine(f.error)}`);
    super(
      `Cannot finish join ${self.shortId} "${self.name}": ${failed.length} of the ${total} tasks it waited for failed\n${
        lines.join("\n")
      }`,
      { cause: failed[0]?.error },
    );
    this.failed = failed;
  }

  /** The errors of the failed tasks, in order. */
  get errors(): unknown[] {
    return this.failed.map((f) => f.error);
  }
}

/** Who cancelled a task. */
export type CancelledBy = "user" | "parent" | "dispose" | "policy";

/** A task was cancelled before it ended. */
export class CancelledError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "CANCELLED";
  /** Who did it. */
  readonly by: CancelledBy;

  /** Makes the error; `reason` is what the one who cancelled said. */
  constructor(what: string, by: CancelledBy, reason?: unknown) {
    const why = reason === undefined ? "" : `: ${reason instanceof Error ? reason.message : String(reason)}`;
    super(`Cancelled ${what}${why}`, reason === undefined ? {} : { cause: reason });
    this.by = by;
  }
}

/** A workflow is closed, or was never opened, and cannot do what was asked. */
export class WorkflowError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "WORKFLOW";

  /** Makes the error. */
  constructor(message: string, extras: ErrorExtras = {}) {
    super(message, extras);
  }
}
