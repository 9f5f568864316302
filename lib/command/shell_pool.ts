import type { Clock } from "../clock.ts";
import { WorkflowError } from "../errors/mod.ts";
import { Ahead } from "./ahead.ts";
import { bodyOf, preludeOf } from "./compose.ts";
import { Entry, NO_OUTPUT, type StopReason, tell } from "./entry.ts";
import { Guardian } from "./guardian.ts";
import { CAPTURE_LIMIT } from "./mail_boxes.ts";
import { ShellMaster } from "./master.ts";
import { MASTER_KILLED, outcome, SHELL_KILLED, stopped, tooOld } from "./outcome.ts";
import type { Report } from "./reports.ts";
import { TokenBoard, type TokenEffect } from "./tokens.ts";
import type { ShellEnd, ShellHandle, ShellJob, ShellPoolOptions } from "./types.ts";
import { makeWorkDir, removeWorkDir } from "./workdir.ts";

export type {
  ShellEnd,
  ShellHandle,
  ShellJob,
  ShellOutput,
  ShellPoolOptions,
  ShellState,
  ShellTarget,
} from "./types.ts";

/** Milliseconds after SIGKILL, or after a shell died, until what does not answer is given up. */
const LAST_WAIT = 2000;
/** Milliseconds between two looks at how much running scripts have written. */
const LOOK = 500;
/** A script that was sent this often without a start is not sent again. */
const MAX_SENDS = 5;

/**
 * Runs bash scripts in warm shells: each in a forked subshell of a bash that is already there, in a process group of
 * its own. It starts with the first script and does not keep the Deno process alive while it has none.
 */
export class ShellPool implements AsyncDisposable {
  readonly #slots: number;
  readonly #clock: Clock;
  readonly #options: ShellPoolOptions;
  readonly #guardian: Guardian;
  readonly #queue: Entry[] = [];
  readonly #sent = new Map<string, Entry>();
  /** Scripts that run, or did and whose group is not yet gone. */
  readonly #started = new Set<Entry>();
  #board = new TokenBoard();
  #master: ShellMaster | undefined;
  /** Masters that have ended, or must, and are being cleared away. */
  readonly #leaving = new Set<Promise<void>>();
  #unusable: Error | undefined;
  #closing: Promise<void> | undefined;
  #unended = 0;
  readonly #ahead = new Ahead();
  #lookTimer: (() => void) | undefined;
  /** Call off the timers of dead loops. */
  readonly #settling = new Set<() => void>();
  #blanked = 0;

  constructor(options: ShellPoolOptions) {
    this.#options = options;
    this.#slots = options.slots;
    this.#clock = options.clock;
    this.#guardian = new Guardian(options.bash ?? "bash");
  }

  /** Scripts that run now. */
  get running(): number {
    return this.#started.size;
  }

  /** How many more scripts it would like to have, so that no shell waits; it takes any number. */
  get free(): number {
    return Math.max(0, this.#slots + this.#ahead.value - this.#queue.length - this.#board.out);
  }

  /** Takes a script; they start in the order in which they come. */
  run(job: ShellJob): ShellHandle {
    const entry = new Entry(job, (e) => this.#cancel(e));
    if (this.#unended++ === 0) this.#master?.ref();
    if (this.#closing !== undefined) {
      const error = new WorkflowError("Cannot run a script: the shells are closed");
      queueMicrotask(() => this.#end(entry, { kind: "refused", error }));
      return entry;
    }
    this.#queue.push(entry);
    this.#pump();
    return entry;
  }

  /** Cancels everything and gives the shells back: SIGTERM at once, SIGKILL a second later to what is still there. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes the pool. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const sent = [...this.#sent.values(), ...this.#started];
    for (const entry of sent) entry.stop ??= { kind: "cancelled" };
    for (const entry of this.#queue.splice(0)) this.#end(entry, { kind: "cancelled", ...NO_OUTPUT });
    const master = this.#master;
    this.#master = undefined;
    master?.ref();
    await Promise.all([master?.endTokens(), this.#guardian.close()]);
    await master?.stopListening();
    await Promise.all([master?.done, ...this.#leaving]);
    if (master !== undefined) await removeWorkDir(master.dir.path);
    for (const entry of sent) this.#end(entry, entry.pending ?? stopped(entry));
    this.#sent.clear();
    this.#lookTimer?.();
    for (const timer of this.#settling) timer();
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#board.out < this.#slots + this.#ahead.value && this.#leaving.size === 0) {
      const entry = this.#queue.shift();
      if (entry === undefined || entry.state === "ended") continue;
      try {
        this.#send(entry);
      } catch (error) {
        const refusal = error instanceof Error ? error : new Error(String(error));
        queueMicrotask(() => this.#end(entry, { kind: "refused", error: refusal }));
      }
    }
  }

  #send(entry: Entry): void {
    const { job } = entry;
    if (this.#unusable !== undefined) throw this.#unusable;
    const line = preludeOf(job);
    const master = this.#master ??= this.#start();
    const token = this.#board.take();
    try {
      master.boxes.put(token, line + bodyOf(job, this.#options.bash ?? "bash", token, master.boxes));
    } catch (error) {
      this.#board.ended(token, -1);
      throw error;
    }
    entry.token = token;
    entry.sends++;
    this.#sent.set(token, entry);
    master.send(token);
  }

  #start(): ShellMaster {
    const dir = makeWorkDir(this.#options.tmpDir);
    const how = { bash: this.#options.bash ?? "bash", slots: this.#slots, env: this.#options.env ?? {} };
    let master: ShellMaster;
    try {
      master = new ShellMaster(how, dir, this.#clock, {
        reports: (reports) => this.#reports(master, reports),
        exited: () => this.#masterExited(master),
      });
    } catch (error) {
      Deno.removeSync(dir.path, { recursive: true });
      throw error;
    }
    this.#guardian.protect(master.pid, dir.path);
    return master;
  }

  #reports(master: ShellMaster, reports: readonly Report[]): boolean {
    let ends = 0;
    for (const report of reports) {
      switch (report.kind) {
        case "started":
          this.#begin(report.token, report.pid, master);
          this.#apply(master, this.#board.started(report.token, report.loop, report.pid));
          break;
        case "ended": {
          ends++;
          const entry = this.#sent.get(report.token);
          this.#sent.delete(report.token);
          if (entry !== undefined) this.#ended(entry, report, master);
          this.#apply(master, this.#board.ended(report.token, report.loop).effects);
          break;
        }
        case "loop":
          this.#board.loopCame(report.loop);
          break;
        case "loopDied":
          this.#apply(master, this.#board.loopDied(report.loop));
          break;
        case "marker":
          this.#apply(master, this.#board.marker(report.marker, report.loop));
          break;
        case "tooOld":
          this.#unusable = tooOld(report.version);
          break;
        case "unknown":
          // Something of the user wrote to a pipe it was never given; the lines of ours are still whole.
          break;
      }
    }
    if (this.#blanked > 0) this.#releaseBlanked();
    this.#ahead.ended(ends, this.#clock.monotonic());
    this.#pump();
    if (this.free > 0) this.#options.onFree?.();
    return Ahead.isAmple(this.#board.out - this.#slots);
  }

  #begin(token: string, pid: number, master: ShellMaster): void {
    const entry = this.#sent.get(token);
    if (entry === undefined || entry.state !== "waiting") return;
    const { job } = entry;
    entry.state = "running";
    entry.pid = pid;
    entry.startedAt = this.#clock.monotonic();
    this.#started.add(entry);
    if (entry.stop !== undefined) {
      this.#blanked--;
      this.#guardian.kill(pid);
      return;
    }
    const { walltimeMs } = job;
    if (walltimeMs !== undefined) {
      entry.arm(this.#clock.after(walltimeMs, () => this.#stop(entry, pid, { kind: "timeout", walltimeMs })));
    }
    this.#lookTimer ??= this.#clock.after(LOOK, () => this.#look(), { keepAlive: false });
    tell(() => job.onStart?.(pid, job.stdout === undefined ? master.boxes.path(token, "o") : undefined));
  }

  #ended(entry: Entry, report: Extract<Report, { kind: "ended" }>, master: ShellMaster): void {
    let end: ShellEnd;
    try {
      end = outcome(entry, report, master.boxes, this.#clock.monotonic());
    } catch (error) {
      end = { kind: "lost", why: `its output cannot be read: ${error instanceof Error ? error.message : error}` };
    }
    // A stopped script has ended only when what it started is gone as well.
    if (entry.stop === undefined || !report.leftovers || entry.pid === undefined) this.#end(entry, end);
    else this.#endWhenGone(entry, entry.pid, end);
  }

  #endWhenGone(entry: Entry, pid: number, end: ShellEnd): void {
    entry.pending = end;
    // bash keeps SIGTERM back while it forks: a child made in that moment has not had the first one.
    this.#guardian.terminate(pid);
    this.#guardian.whenGone(pid, () => this.#end(entry, end));
  }

  #end(entry: Entry, end: ShellEnd): void {
    this.#started.delete(entry);
    if (entry.state === "ended") return;
    if (--this.#unended === 0) {
      this.#master?.unref();
      this.#lookTimer?.();
      this.#lookTimer = undefined;
    }
    entry.end(end);
  }

  #cancel(entry: Entry): void {
    const { token, pid } = entry;
    if (entry.stop !== undefined || this.#closing !== undefined) return;
    if (pid !== undefined) return this.#stop(entry, pid, { kind: "cancelled" });
    entry.stop = { kind: "cancelled" };
    if (token === undefined || this.#master === undefined) {
      if (this.#queue.includes(entry)) this.#queue.splice(this.#queue.indexOf(entry), 1);
      queueMicrotask(() => this.#end(entry, { kind: "cancelled", ...NO_OUTPUT }));
      return;
    }
    this.#master.boxes.blank(token);
    this.#blanked++;
    if (this.#board.full) queueMicrotask(() => this.#releaseBlanked());
  }

  /** While every loop runs a script, tokens that have not started are in the pipe: emptied ones will never run. */
  #releaseBlanked(): void {
    if (!this.#board.full) return;
    for (const [token, entry] of this.#sent) {
      if (entry.stop === undefined || entry.pid !== undefined) continue;
      this.#blanked--;
      this.#sent.delete(token);
      this.#board.retire(token);
      this.#end(entry, { kind: "cancelled", ...NO_OUTPUT });
    }
  }

  #stop(entry: Entry, pid: number, reason: StopReason): void {
    if (entry.stop !== undefined || entry.state === "ended") return;
    entry.stop = reason;
    this.#guardian.terminate(pid);
    const delay = this.#options.killDelayMs ?? 5000;
    entry.arm(this.#clock.after(delay, () => {
      this.#guardian.kill(pid);
      // Not even SIGKILL ends a process that waits for a broken disk; its owner need not wait as well.
      entry.arm(this.#clock.after(LAST_WAIT, () => this.#end(entry, entry.pending ?? stopped(entry))));
    }));
  }

  #apply(master: ShellMaster, effects: readonly TokenEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case "sendMarker":
          master.send(effect.marker);
          break;
        case "settleLater": {
          const board = this.#board;
          const timer = this.#clock.after(LAST_WAIT, () => {
            this.#settling.delete(timer);
            if (this.#board === board) this.#apply(master, board.settle(effect.marker));
            this.#pump();
          }, { keepAlive: false });
          this.#settling.add(timer);
          break;
        }
        case "lost":
          this.#lose(effect.token);
          break;
        case "killOrphans":
          this.#guardian.killOrphans(master.pid);
          break;
        case "vanished": {
          const entry = this.#sent.get(effect.token);
          master.boxes.blank(effect.token);
          this.#sent.delete(effect.token);
          if (entry?.stop !== undefined) this.#blanked--;
          if (entry !== undefined) this.#end(entry, entry.stop === undefined ? SHELL_KILLED : stopped(entry));
          break;
        }
        case "stray":
          this.#guardian.kill(effect.pid);
          break;
      }
    }
  }

  /** The loop that ran a script is gone: what the script started is ended, because nobody will hear of its end. */
  #lose(token: string): void {
    const entry = this.#sent.get(token);
    this.#sent.delete(token);
    const pid = entry?.pid;
    if (entry === undefined || pid === undefined) return;
    this.#stop(entry, pid, SHELL_KILLED);
    this.#endWhenGone(entry, pid, stopped(entry));
  }

  #look(): void {
    this.#lookTimer = this.#clock.after(LOOK, () => this.#look(), { keepAlive: false });
    const boxes = this.#master?.boxes;
    if (this.#master !== undefined) this.#guardian.nudge(this.#master.pid);
    for (const entry of this.#started) {
      const { token, pid, job } = entry;
      if (boxes === undefined || token === undefined || pid === undefined) continue;
      for (const [stream, letter] of [["stdout", "o"], ["stderr", "e"]] as const) {
        if (job[stream] !== undefined || boxes.size(token, letter) <= CAPTURE_LIMIT) continue;
        this.#stop(entry, pid, { kind: "tooMuch", stream });
      }
    }
  }

  #masterExited(master: ShellMaster): void {
    if (this.#master !== master) return;
    this.#master = undefined;
    const clearing = this.#clearAway(master);
    this.#leaving.add(clearing);
    clearing.finally(() => {
      this.#leaving.delete(clearing);
      this.#pump();
    });
  }

  /** Only when nothing of a master's session is left can scripts that had not started be sent to another. */
  async #clearAway(master: ShellMaster): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#unusable !== undefined) return resolve();
      const giveUp = this.#clock.after(LAST_WAIT, resolve);
      this.#guardian.endSession(master.pid, () => {
        giveUp();
        resolve();
      });
    });
    await Promise.all([master.endTokens(), this.#drained(master)]);
    this.#guardian.release(master.pid, master.dir.path);
    const atRisk = new Set(this.#board.atRisk);
    const entries = [...this.#sent].reverse();
    this.#sent.clear();
    this.#board = new TokenBoard();
    this.#blanked = 0;
    for (const [token, entry] of entries) {
      entry.token = undefined;
      if (entry.pid !== undefined || entry.stop !== undefined || atRisk.has(token)) this.#end(entry, stopped(entry));
      else if (entry.sends < MAX_SENDS) this.#queue.unshift(entry);
      else this.#end(entry, { kind: "lost", why: `${MASTER_KILLED}, ${MAX_SENDS} times before it could start` });
    }
    for (const entry of [...this.#started]) this.#end(entry, entry.pending ?? stopped(entry));
    await removeWorkDir(master.dir.path);
  }

  /** The reports that were on their way when the session ended. */
  async #drained(master: ShellMaster): Promise<void> {
    const giveUp = this.#clock.after(LAST_WAIT, () => master.stopListening());
    await master.done;
    giveUp();
  }
}
