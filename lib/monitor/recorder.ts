import { systemClock } from "../clock.ts";
import { makeRunDir } from "../graph/journal/run_dir.ts";
import { EventBus } from "./bus.ts";
import type { RunCounts } from "./events.ts";
import { type FileSink, openLogFile } from "./log_file.ts";
import { type Progress, startProgress } from "./progress.ts";
import type { ProgressSnapshot } from "./render_progress.ts";
import { renderSummary, type UnseenFailure } from "./summary.ts";
import { stderrTerminal, type Terminal } from "./terminal.ts";

/** How a run is recorded. */
export interface RecorderOptions {
  /** Directory of all runs. */
  readonly runsDir: string;
  /** Whether the run gets its directory at once; otherwise when something has to be kept. */
  readonly eager: boolean;
  readonly level: "debug" | "info" | "warn" | "error" | "off";
  readonly progress: "auto" | "on" | "off";
  /** How far the run is. */
  readonly read: () => ProgressSnapshot;
}

/** The run directory of a workflow, and what a person sees and finds of it: progress, log and last words. */
export class RunRecorder {
  readonly bus: EventBus;
  readonly #options: RecorderOptions;
  readonly #terminal: Terminal = stderrTerminal();
  #directory: { readonly name: string; readonly path: string } | undefined;
  #log: FileSink | undefined;
  #progress: Progress | undefined;
  #finished = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    if (options.eager) this.#directory = makeRunDir(options.runsDir);
    this.bus = new EventBus(this.run, systemClock);
  }

  /** Id of the run. */
  get run(): string {
    return this.#directory?.name ?? "default";
  }
  /** The run directory, if it was made. */
  get made(): string | undefined {
    return this.#directory?.path;
  }

  /** The run directory; made when first asked for. */
  directory(): string {
    if (this.#directory === undefined) {
      this.#directory = makeRunDir(this.#options.runsDir);
      this.#openLog();
    }
    return this.#directory.path;
  }

  /** Begins to log and to show. */
  start(): void {
    if (this.#directory !== undefined) this.#openLog();
    const { progress, read } = this.#options;
    if (progress === "off") return;
    this.#progress = startProgress({ read, bus: this.bus, clock: systemClock, terminal: this.#terminal });
  }

  #openLog(): void {
    const { level } = this.#options;
    if (level === "off" || this.#directory === undefined || this.#log !== undefined) return;
    this.#log = openLogFile({
      runDir: this.#directory.path,
      bus: this.bus,
      clock: systemClock,
      level: level === "debug" ? "debug" : "info",
      onProblem: (message) => this.#terminal.write(`${message}\n`),
    });
  }

  /** Removes the run directory of a run in which nothing happened. */
  discard(): void {
    if (this.#directory === undefined) return;
    try {
      Deno.removeSync(this.#directory.path, { recursive: true });
    } catch {
      // It stays, with nothing in it but a log.
    }
    this.#directory = undefined;
  }

  /** Says the last words and ends all that listens; false when that was done before. */
  finish(summary: RunCounts & { readonly seconds: number }, unseen: readonly UnseenFailure[]): boolean {
    if (this.#finished) return false;
    this.#finished = true;
    const { seconds, ...counts } = summary;
    this.bus.emit({ kind: "WorkflowClosed", counts, durationMs: seconds * 1000 });
    this.#progress?.stop();
    const text = renderSummary({
      counts,
      durationMs: seconds * 1000,
      unseen,
      runDir: this.made,
      run: this.#directory?.name,
      shown: this.#progress?.shown,
      color: this.#terminal.color === true,
    });
    if (text !== "") this.#terminal.write(text);
    this.#log?.close();
    this.bus.close();
    return true;
  }
}
