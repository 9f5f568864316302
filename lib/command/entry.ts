import type { ShellEnd, ShellHandle, ShellJob, ShellOutput, ShellState } from "./types.ts";

/** Why a script is stopped before its end. */
export type StopReason =
  | { readonly kind: "cancelled" }
  | { readonly kind: "timeout"; readonly walltimeMs: number }
  | { readonly kind: "tooMuch"; readonly stream: "stdout" | "stderr" }
  | { readonly kind: "lost"; readonly why: string };

/** Nothing was written, or nobody can tell. */
export const NO_OUTPUT: ShellOutput = {
  durationMs: 0,
  stdout: undefined,
  stderr: undefined,
  stdoutTail: "",
  stderrTail: "",
};

/** One script on its way through a pool. */
export class Entry implements ShellHandle {
  /** The script. */
  readonly job: ShellJob;
  /** Where it is on its way. */
  state: ShellState = "waiting";
  /** The token that stands for it; undefined while it is in the pool's own queue. */
  token: string | undefined;
  /** Its process group, once it runs. */
  pid: number | undefined;
  /** When it started, on the monotonic clock. */
  startedAt = 0;
  /** Why it is being stopped. */
  stop: StopReason | undefined;
  /** How often it was sent to a shell. */
  sends = 0;
  /** How it ends once its group is gone. */
  pending: ShellEnd | undefined;
  /** Calls off its timer: the walltime, then the delay before SIGKILL. */
  timer: (() => void) | undefined;
  readonly #cancel: (entry: Entry) => void;

  constructor(job: ShellJob, cancel: (entry: Entry) => void) {
    this.job = job;
    this.#cancel = cancel;
  }

  cancel(): void {
    if (this.state !== "ended") this.#cancel(this);
  }

  /** Calls off the timer, and sets another. */
  arm(timer: (() => void) | undefined): void {
    this.timer?.();
    this.timer = timer;
  }

  /** Tells the end to the owner; a second call does nothing. */
  end(end: ShellEnd): boolean {
    if (this.state === "ended") return false;
    this.state = "ended";
    this.arm(undefined);
    tell(() => this.job.onEnd(end));
    return true;
  }
}

/** Runs a callback of the owner: what it throws is its own affair and must not stop the pool. */
export function tell(callback: () => void): void {
  try {
    callback();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
