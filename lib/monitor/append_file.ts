import type { Clock } from "../clock.ts";

/** How an append file behaves. */
export interface AppendFileOptions {
  /** The file; it is made when the first line is written. */
  readonly path: string;
  /** Times the writes; its timers never keep the script alive. */
  readonly clock: Clock;
  /** Told once, when the file can no longer be written. */
  readonly onProblem: (message: string) => void;
  /** The line that stands where lines were lost while the file could not be written; none when not given. */
  readonly lostNote?: ((lines: number) => string) | undefined;
}

/** Lines wait this long at most. */
const FLUSH_MS = 1000;
/** Urgent lines wait this long at most, and no time at all when the last write is longer ago than this. */
const URGENT_MS = 100;
/** More text than this is written at once. */
const FULL = 64 * 1024;

/**
 * A file that lines are added to in few writes. Each write opens the file anew: a removed directory is noticed, and
 * readers on other nodes of a network file system see the text. Writing fails quietly after the first complaint.
 */
export class AppendFile {
  readonly #options: AppendFileOptions;
  readonly #flushNow = (): void => this.flush();
  #text = "";
  #lines = 0;
  #lost = 0;
  #complained = false;
  #closed = false;
  #dueAt = Infinity;
  #wroteAt = -Infinity;
  #cancelTimer: () => void = () => {};

  /** Makes it; nothing is touched before the first line. */
  constructor(options: AppendFileOptions) {
    this.#options = options;
    for (const kind of ENDINGS) addEventListener(kind, this.#flushNow);
  }

  /** Adds a line; an urgent one is in the file at once unless the last write was a moment ago. */
  add(line: string, urgent = false): void {
    if (this.#closed) return;
    this.#text += `${line}\n`;
    this.#lines++;
    const now = this.#options.clock.monotonic();
    if (this.#text.length >= FULL || (urgent && now - this.#wroteAt >= URGENT_MS)) this.flush();
    else this.#arm(now + (urgent ? URGENT_MS : FLUSH_MS), now);
  }

  /** Writes what waits. */
  flush(): void {
    this.#cancelTimer();
    this.#dueAt = Infinity;
    if (this.#text === "") return;
    const note = this.#lost === 0 ? undefined : this.#options.lostNote?.(this.#lost);
    const [text, lines] = [note === undefined ? this.#text : `${note}\n${this.#text}`, this.#lines];
    this.#text = "";
    this.#lines = 0;
    this.#wroteAt = this.#options.clock.monotonic();
    try {
      Deno.writeTextFileSync(this.#options.path, text, { append: true, create: true });
      this.#lost = 0;
    } catch (error) {
      this.#lost += lines;
      this.#complain(error);
    }
  }

  /** Writes what waits and takes no more. */
  close(): void {
    this.flush();
    this.#closed = true;
    for (const kind of ENDINGS) removeEventListener(kind, this.#flushNow);
  }

  #arm(dueAt: number, now: number): void {
    if (dueAt >= this.#dueAt) return;
    this.#cancelTimer();
    this.#dueAt = dueAt;
    this.#cancelTimer = this.#options.clock.after(dueAt - now, this.#flushNow, { keepAlive: false });
  }

  #complain(error: unknown): void {
    if (this.#complained) return;
    this.#complained = true;
    const why = error instanceof Error ? error.message : String(error);
    this.#options.onProblem(`Cannot write ${this.#options.path}: ${why} (the run goes on without it)`);
  }
}

/** How a script ends before it closes its workflow; an error that nobody catches comes without "unload". */
const ENDINGS = ["unload", "error", "unhandledrejection"] as const;
