import type { Clock } from "../clock.ts";
import type { EventBus } from "./bus.ts";
import { timeOfDay, wholeSeconds } from "./duration.ts";
import type { EventKind, WorkflowEvent } from "./events.ts";
import { FailureFeed } from "./failure_feed.ts";
import { LiveRegion } from "./live_region.ts";
import { RateMeter } from "./rates.ts";
import { left, type ProgressSnapshot, renderProgress } from "./render_progress.ts";
import { paint } from "./style.ts";
import type { Terminal } from "./terminal.ts";

/** What progress is made of. */
export interface ProgressOptions {
  /** How far the run is now; called once a frame. */
  readonly read: () => ProgressSnapshot;
  /** Where failures come from. */
  readonly bus: EventBus;
  /** Times the frames; its timers never keep the script alive. */
  readonly clock: Clock;
  /** Where it is shown. */
  readonly terminal: Terminal;
  /** Milliseconds between two frames, 100 when not given; where nothing can be redrawn, between two lines, 30,000. */
  readonly everyMs?: number | undefined;
}

/** A display that runs until it is stopped. */
export interface Progress {
  /** Whether anything was shown so far. */
  readonly shown: boolean;
  /** Takes the live lines away and says what was only counted so far; again does nothing. */
  stop(): void;
}

/** Shorter runs show nothing. */
const QUIET_MS = 500;
/** Where nothing runs for this long the live lines go away: the script does something of its own. */
const IDLE_MS = 1000;
/** How often what was only counted is told. */
const REST_MS = 30_000;
/** A script that prints faster than this gets its live lines back with the next frame only. */
const REDRAW_MS = 15;

const TOLD: readonly EventKind[] = ["TaskFailed", "WorkerLost", "Warning"];

/** Shows progress and failures of a run from now on: lines in place on a terminal, else one line every 30 s. */
export function startProgress(options: ProgressOptions): Progress {
  const display = new Display(options);
  display.start();
  return display;
}

class Display implements Progress {
  readonly #options: ProgressOptions;
  readonly #region: LiveRegion;
  readonly #feed = new FailureFeed();
  readonly #rates = new RateMeter();
  readonly #everyMs: number;
  #held: string[] | undefined = [];
  #lines: readonly string[] = [];
  #busyAt: number;
  #restAt: number;
  #lineAt: number;
  #redrawnAt = -Infinity;
  #lastLine = "";
  #shown = false;
  #stopped = false;
  #undo: (() => void)[] = [];
  #cancelTimer: () => void = () => {};

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#region = new LiveRegion(options.terminal);
    this.#everyMs = options.everyMs ?? (options.terminal.isTerminal ? 100 : 30_000);
    this.#busyAt = -Infinity;
    this.#restAt = options.clock.monotonic() + REST_MS;
    this.#lineAt = options.clock.monotonic() + this.#everyMs;
  }

  get shown(): boolean {
    return this.#shown;
  }

  start(): void {
    const { bus, terminal } = this.#options;
    this.#undo.push(bus.subscribe((event) => this.#tell(event), TOLD));
    if (terminal.isTerminal && terminal.watch !== undefined) {
      this.#undo.push(terminal.watch({
        before: () => this.#region.clear(),
        after: () => queueMicrotask(() => this.#redraw()),
        end: () => this.stop(),
      }));
    }
    this.#arm(QUIET_MS);
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTimer();
    for (const step of this.#undo.splice(0)) step();
    this.#region.clear();
    if (this.#held === undefined) this.#printAll(this.#feed.rest());
  }

  #arm(ms: number): void {
    this.#cancelTimer = this.#options.clock.after(ms, () => this.#tick(), { keepAlive: false });
  }

  #tick(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    try {
      this.#printAll(held);
      const now = this.#options.clock.monotonic();
      if (now >= this.#restAt) {
        this.#restAt = now + REST_MS;
        this.#printAll(this.#feed.rest());
      }
      if (this.#options.terminal.isTerminal) this.#frame(now);
      else this.#line(now);
    } catch (error) {
      // A timer that throws would end the script, and nothing is worth that here.
      this.stop();
      const why = error instanceof Error ? error.message : String(error);
      this.#options.bus.emit({ kind: "Warning", message: `Cannot show progress any more: ${why}` });
      return;
    }
    const wait = this.#options.terminal.isTerminal ? this.#everyMs : this.#lineAt - this.#options.clock.monotonic();
    this.#arm(Math.max(1, wait));
  }

  #frame(now: number): void {
    const { read, terminal } = this.#options;
    const snapshot = read();
    const rates = this.#rates.update(snapshot);
    if (snapshot.apps.some((app) => left(app) > 0)) this.#busyAt = now;
    if (now - this.#busyAt >= IDLE_MS) {
      this.#lines = [];
    } else {
      // One row stays free for the cursor, another for what the script prints.
      const maxLines = Math.max(1, (terminal.rows?.() ?? 24) - 2);
      this.#lines = renderProgress(snapshot, terminal.columns(), terminal.color === true, { rates, maxLines });
    }
    this.#shown ||= this.#lines.length > 0;
    this.#region.draw(this.#lines);
  }

  /** Puts the lines back after the script printed something; what it prints in one go causes one redraw. */
  #redraw(): void {
    const now = this.#options.clock.monotonic();
    if (this.#stopped || now - this.#redrawnAt < REDRAW_MS) return;
    this.#redrawnAt = now;
    this.#region.draw(this.#lines);
  }

  #line(now: number): void {
    if (now < this.#lineAt) return;
    this.#lineAt = now + this.#everyMs;
    const snapshot = this.#options.read();
    const text = statusText(snapshot);
    const working = snapshot.apps.some((app) => left(app) > 0);
    // A script that does something of its own for hours need not hear the same again.
    if (!working && (text === this.#lastLine || snapshot.apps.length === 0)) return;
    this.#lastLine = text;
    this.#print(`sluice ${this.#options.bus.run}  ${wholeSeconds(snapshot.elapsedMs)}  ${text}`);
  }

  #tell(event: WorkflowEvent): void {
    const text = this.#feed.take(event);
    if (text === undefined) return;
    const line = `[${timeOfDay(event.at)}] ${text}`;
    if (this.#held !== undefined) this.#held.push(line);
    else this.#print(event.kind === "TaskFailed" ? this.#redden(line) : line);
  }

  #redden(text: string): string {
    return text.replace("  failed: ", (word) => paint(word, "red", this.#options.terminal.color === true));
  }

  #printAll(texts: readonly string[]): void {
    if (texts.length > 0) this.#print(texts.map((text) => this.#redden(text)).join("\n"));
  }

  #print(text: string): void {
    this.#shown = true;
    if (this.#options.terminal.isTerminal) this.#region.print(text);
    else this.#options.terminal.write(`${text}\n`);
  }
}

/** `1,204 of 9,000 tasks done, 3 failed, 2 running`. */
function statusText(snapshot: ProgressSnapshot): string {
  const sum = { done: 0, failed: 0, cancelled: 0, running: 0, waiting: 0 };
  for (const app of snapshot.apps) {
    for (const key of ["done", "failed", "cancelled", "running", "waiting"] as const) sum[key] += app[key];
  }
  const n = (x: number): string => x.toLocaleString("en-US");
  const total = sum.done + sum.failed + sum.cancelled + sum.running + sum.waiting;
  const parts = [`${n(sum.done)} of ${n(total)} tasks done`];
  for (const key of ["failed", "cancelled", "running"] as const) if (sum[key] > 0) parts.push(`${n(sum[key])} ${key}`);
  return parts.join(", ");
}
