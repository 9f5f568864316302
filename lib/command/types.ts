import type { Clock } from "../clock.ts";

/** A file that a stream of a script goes to. */
export interface ShellTarget {
  /** The file; a relative path starts at the directory of the Deno process. */
  readonly path: string;
  /** Whether to add to what is there. */
  readonly append: boolean;
}

/** One script to run. */
export interface ShellJob {
  /** Bash text as the user wrote it, already quoted. */
  readonly script: string;
  /** Whether it runs with `set -euo pipefail`. */
  readonly strict: boolean;
  /** Directory to run in; undefined for the one of the Deno process when the pool started. */
  readonly cwd: string | undefined;
  /** Variables added to those of the pool. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** Where stdout goes; captured when undefined. */
  readonly stdout: ShellTarget | undefined;
  /** Where stderr goes; captured when undefined. */
  readonly stderr: ShellTarget | undefined;
  /** Milliseconds it may run. */
  readonly walltimeMs: number | undefined;
  /**
   * Whether it runs as a bash of its own rather than as a subshell of a warm one: for scripts that look at `$$` or
   * `$PPID`, which a subshell shares with the scripts before it.
   */
  readonly ownProcess: boolean;
  /** It really starts: its pid, which is its process group too, and the file its captured stdout grows in. */
  onStart?(pid: number, capturePath: string | undefined): void;
  /** It ended; called exactly once. */
  onEnd(end: ShellEnd): void;
}

/** What is known of a script that ran. */
export interface ShellOutput {
  /** How long it ran, as seen from here: reports of many short scripts come together, up to about 2 ms late. */
  readonly durationMs: number;
  /** All of stdout; undefined when it went to a file. */
  readonly stdout: string | undefined;
  /** All of stderr; undefined when it went to a file. */
  readonly stderr: string | undefined;
  /** Last lines of stdout, wherever it went; empty after exit code 0. */
  readonly stdoutTail: string;
  /** Last lines of stderr, wherever it went; empty after exit code 0. */
  readonly stderrTail: string;
}

/** How a script ended. A script whose last command died of a signal exits with 128 + n, as bash has it. */
export type ShellEnd =
  | ({ readonly kind: "exited"; readonly exitCode: number } & ShellOutput)
  | ({ readonly kind: "signalled"; readonly signal: string } & ShellOutput)
  | ({ readonly kind: "timeout"; readonly walltimeMs: number } & ShellOutput)
  | ({ readonly kind: "cancelled" } & ShellOutput)
  | { readonly kind: "lost"; readonly why: string }
  | { readonly kind: "refused"; readonly error: Error };

/** Where a script is on its way. */
export type ShellState = "waiting" | "running" | "ended";

/** A script in the hands of a pool. */
export interface ShellHandle {
  /** Where it is on its way. */
  readonly state: ShellState;
  /** Sends SIGTERM to its process group, SIGKILL when that does not help; one that has not started never will. */
  cancel(): void;
}

/** How a pool is made. */
export interface ShellPoolOptions {
  /** How many scripts run at a time. */
  readonly slots: number;
  /** The time. */
  readonly clock: Clock;
  /** Milliseconds from SIGTERM to SIGKILL; 5000 when left out. */
  readonly killDelayMs?: number;
  /** Directory for scripts on their way and captured output; a memory file system or the system's own when left out. */
  readonly tmpDir?: string;
  /** Variables added to those of the Deno process. */
  readonly env?: Readonly<Record<string, string>>;
  /** The bash to run, 4.3 or newer; the first on PATH when left out. */
  readonly bash?: string;
  /** The pool would like more scripts: look at `free`. */
  readonly onFree?: () => void;
}
