import { systemClock } from "../../lib/clock.ts";
import { PermissionError } from "../../lib/errors/mod.ts";
import type { Outcome, WorkItem } from "../../lib/executor.ts";
import { frameOf, readFrames } from "../../lib/wire/frames.ts";
import { outcomeOf, type PoolHooks } from "./pool_hooks.ts";
import { type ResultMessage, Status } from "./protocol.ts";
import { flagsOf } from "./permission_flags.ts";
import { SandboxGuardian } from "./sandbox_guardian.ts";

/** One process with permissions of its own. */
interface Cell {
  readonly flags: string;
  readonly name: string;
  readonly child: Deno.ChildProcess;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly known: Set<number>;
  item: WorkItem | undefined;
  verdict: Outcome | undefined;
  stopTimer: (() => void) | undefined;
}

/**
 * Runs function apps that have permissions of their own. A Deno worker with less permissions needs an unstable flag on
 * the script's own command line, so each such app gets processes of its own, kept for its next tasks.
 */
export class Sandbox {
  readonly #cells: Cell[] = [];
  readonly #most: number;
  readonly #heapMb: number;
  readonly #guardian = new SandboxGuardian();
  readonly #hooks: PoolHooks;
  #made = 0;
  #closed = false;

  constructor(most: number, heapMb: number, hooks: PoolHooks) {
    this.#most = most;
    this.#heapMb = heapMb;
    this.#hooks = hooks;
  }

  /** Processes that run a task. */
  get busy(): number {
    return this.#cells.filter((c) => c.item !== undefined).length;
  }

  /** Tasks that run now. */
  running(): WorkItem[] {
    return this.#cells.flatMap((c) => c.item ?? []);
  }

  /** Runs a task if a slot of `slots` is free; false when it has to wait. */
  run(item: WorkItem, slots: number): boolean {
    if (slots <= 0 || item.code === undefined || item.permissions === undefined) return false;
    let cell: Cell;
    try {
      const flags = flagsOf(item.permissions, item.name);
      const fits = (c: Cell): boolean => isIdle(c) && c.flags === flags.join(" ");
      cell = this.#cells.find(fits) ?? this.#start(flags);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      queueMicrotask(() => this.#end(item, { kind: "refused", error: reason }));
      return true;
    }
    cell.item = item;
    cell.child.ref();
    const { code } = item;
    const codes = cell.known.has(code.id) ? undefined : [code];
    cell.known.add(code.id);
    this.#hooks.started(item, cell.name);
    cell.writer.write(frameOf({ codes, tasks: [0, code.id, false, item.args] })).catch(() => {});
    if (item.walltime !== undefined) {
      const expire = (): void => this.#stop(cell, { kind: "timeout" });
      cell.stopTimer = systemClock.after(item.walltime * 1000, expire, { keepAlive: false });
    }
    return true;
  }

  #start(flags: readonly string[]): Cell {
    this.#makeRoom();
    const script = new URL("./sandbox_worker.ts", import.meta.url).href;
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", `--v8-flags=--max-old-space-size=${this.#heapMb}`, ...flags, script],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      throw PermissionError.of("start a process for an app with permissions of its own", error);
    }
    const cell: Cell = {
      flags: flags.join(" "),
      name: `sandbox-${++this.#made}`,
      child,
      writer: child.stdin.getWriter(),
      known: new Set(),
      item: undefined,
      verdict: undefined,
      stopTimer: undefined,
    };
    this.#cells.push(cell);
    this.#guardian.protect(child.pid);
    this.#listen(cell);
    return cell;
  }

  /** Ends an idle process of another app when there are as many as may be. */
  #makeRoom(): void {
    if (this.#cells.length < this.#most) return;
    const idle = this.#cells.find(isIdle);
    if (idle !== undefined) this.#stop(idle, { kind: "cancelled" });
  }

  async #listen(cell: Cell): Promise<void> {
    try {
      for await (const message of readFrames(cell.child.stdout)) this.#receive(cell, message);
    } catch {
      // Something else than the runner wrote to its stdout: no result can be told from that any more.
      this.#kill(cell);
    }
    const status = await cell.child.status;
    this.#guardian.release(cell.child.pid);
    await cell.writer.abort().catch(() => {});
    const at = this.#cells.indexOf(cell);
    if (at >= 0) this.#cells.splice(at, 1);
    const { item, verdict } = cell;
    cell.item = undefined;
    cell.stopTimer?.();
    if (item === undefined) return;
    const how = status.signal === null ? `ended with exit code ${status.code}` : `was ended by ${status.signal}`;
    const lost: Outcome = {
      kind: "lost",
      why: `its process ${how} while it ran`,
      end: { worker: cell.name, exitCode: status.code, signal: status.signal ?? undefined },
      hint: status.signal === null ? "a function app must return or throw, not end its process" : undefined,
    };
    if (verdict === undefined) this.#hooks.lost(cell.name, lost.why);
    this.#end(item, verdict ?? lost);
  }

  #receive(cell: Cell, message: unknown): void {
    // What the sandbox worker writes: a line the function printed, or results of the protocol.
    const [kind, body] = message as ["print", Uint8Array] | ["results", ResultMessage];
    if (kind === "print") return writeAll(body);
    const { item } = cell;
    if (body[1] === Status.heapFull) return this.#stop(cell, outOfMemory(cell));
    if (item === undefined || body[1] === Status.started) return;
    cell.item = undefined;
    cell.stopTimer?.();
    cell.stopTimer = undefined;
    cell.child.unref();
    this.#end(item, outcomeOf(item, Number(body[1]), body[2]));
  }

  #end(item: WorkItem, outcome: Outcome): void {
    this.#hooks.ended(item, outcome);
    if (!this.#closed) this.#hooks.free();
  }

  #stop(cell: Cell, verdict: Outcome): void {
    cell.verdict = verdict;
    this.#kill(cell);
  }

  #kill(cell: Cell): void {
    try {
      cell.child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
  }

  /** Stops a task; false when none of the processes has it. */
  cancel(item: WorkItem): boolean {
    const cell = this.#cells.find((c) => c.item === item);
    if (cell === undefined) return false;
    this.#stop(cell, { kind: "cancelled" });
    return true;
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    this.#closed = true;
    const ends = this.#cells.map((c) => c.child.status);
    for (const cell of this.#cells) {
      // Idle ones do not keep the script alive, and it must not end while it waits for them here.
      cell.child.ref();
      this.#stop(cell, { kind: "cancelled" });
    }
    await Promise.all([...ends, this.#guardian.close()]);
    while (this.#cells.length > 0) await systemClock.sleep(1);
  }
}

/** Whether it can be given a task: it has none, and nobody has ended it. */
function isIdle(cell: Cell): boolean {
  return cell.item === undefined && cell.verdict === undefined;
}

function outOfMemory(cell: Cell): Outcome {
  const why = "its process ran out of memory: the JavaScript heap is full";
  return { kind: "lost", why, end: { worker: cell.name }, hint: "let it work on less at a time" };
}

/** What a function printed goes to the stdout of the script: both are the user's own. */
function writeAll(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
