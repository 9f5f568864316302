import type { Clock } from "../clock.ts";
import { MailBoxes } from "./mail_boxes.ts";
import { type Report, ReportReader } from "./reports.ts";
import { MASTER } from "./shell_script.ts";
import { spawnBash } from "./spawn.ts";
import type { WorkDir } from "./workdir.ts";

/** What a master tells its owner. */
export interface MasterEvents {
  /** Reports came, oldest first; true when more scripts wait in the pipe than there are loops. */
  reports(reports: readonly Report[]): boolean;
  /** The process has ended; reports may still come. */
  exited(): void;
}

/** Milliseconds between two looks at the reports while the loops have scripts to go on with anyway. */
const PAUSE = 1;

/** One bash with its loops, and the directory they work in. */
export class ShellMaster {
  /** The directory. */
  readonly dir: WorkDir;
  /** Files in it for scripts and output. */
  readonly boxes: MailBoxes;
  /** Pid of the master: its session, too. */
  readonly pid: number;
  /** Fulfilled when the process has ended and all reports were told. */
  readonly done: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #clock: Clock;
  readonly #events: MasterEvents;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #unsent = "";

  /** Throws when bash cannot be started. */
  constructor(
    how: { readonly bash: string; readonly slots: number; readonly env: Readonly<Record<string, string>> },
    dir: WorkDir,
    clock: Clock,
    events: MasterEvents,
  ) {
    this.dir = dir;
    this.boxes = new MailBoxes(dir);
    this.#clock = clock;
    this.#events = events;
    this.#child = spawnBash(how.bash, `${dir.path}/shells`, MASTER, [dir.path, String(how.slots)], how.env);
    this.pid = this.#child.pid;
    this.#writer = this.#child.stdin.getWriter();
    this.#writer.closed.catch(ignore);
    this.#reader = this.#child.stdout.getReader();
    const exited = this.#child.status.then(() => events.exited());
    this.done = Promise.all([exited, this.#listen()]).then(() => this.boxes.close());
  }

  /** Sends a token; those sent in one go of the event loop are one write. */
  send(token: string): void {
    if (this.#unsent === "") queueMicrotask(() => this.#flush());
    this.#unsent += token;
  }

  /** The script stays alive while this does. */
  ref(): void {
    this.#child.ref();
  }
  /** The script may end while this waits. */
  unref(): void {
    this.#child.unref();
  }

  /** Ends the pipe of tokens: loops that are idle end. */
  async endTokens(): Promise<void> {
    await this.#writer.close().catch(ignore);
  }

  /** Reads no more reports: whoever still holds the pipe will never write to it. */
  async stopListening(): Promise<void> {
    await this.#reader.cancel().catch(ignore);
  }

  #flush(): void {
    const bytes = new TextEncoder().encode(this.#unsent);
    this.#unsent = "";
    this.#writer.write(bytes).catch(ignore);
  }

  async #listen(): Promise<void> {
    const lines = new ReportReader();
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      const crowded = this.#events.reports(lines.push(value));
      // Each wake-up costs more than the reports it brings: while no loop can run dry, let some come together.
      if (crowded) await new Promise<void>((resolve) => this.#clock.after(PAUSE, resolve));
    }
  }
}

function ignore(): void {
  // The pipe is closed because the process has ended, which is told on its own.
}
