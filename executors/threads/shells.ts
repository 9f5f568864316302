import { needsOwnProcess } from "../../lib/apps/sh/scan.ts";
import { systemClock } from "../../lib/clock.ts";
import { type ShellHandle, ShellPool } from "../../lib/command/shell_pool.ts";
import { InternalError } from "../../lib/errors/mod.ts";
import type { WorkItem } from "../../lib/executor.ts";
import type { ReadyQueue } from "../../lib/graph/ready_queue.ts";
import type { PoolHooks } from "./pool_hooks.ts";

/** The warm shells of the thread pool. */
export class ShellRunner {
  readonly #slots: number;
  readonly #pool: ShellPool;
  readonly #hooks: PoolHooks;
  readonly #handles = new Map<WorkItem, ShellHandle>();
  readonly #begun = new Set<WorkItem>();
  #scheduled = false;

  constructor(slots: number, killDelay: number, hooks: PoolHooks) {
    this.#slots = slots;
    this.#hooks = hooks;
    this.#pool = new ShellPool({ slots, clock: systemClock, killDelayMs: killDelay * 1000 });
  }

  /** Shells that have a script, or will as soon as they have read it. */
  get busy(): number {
    return Math.min(this.#handles.size, this.#slots);
  }
  /** Scripts given to shells. */
  get open(): number {
    return this.#handles.size;
  }
  /** Tasks that run now. */
  running(): Iterable<WorkItem> {
    return this.#begun;
  }

  /** Gives scripts of a queue to at most `limit` shells, and with `ahead` a few more that wait for them. */
  feed(queue: ReadyQueue<WorkItem>, limit: number, ahead: boolean): void {
    while (queue.size > 0) {
      if (ahead ? this.#pool.free <= 0 : this.#handles.size >= limit) return;
      const item = queue.shift();
      if (item === undefined) return;
      this.#run(item);
    }
  }

  #run(item: WorkItem): void {
    const { script } = item;
    if (script === undefined) throw new InternalError(`Cannot run task t${item.id} in a shell: it has no script`);
    const handle = this.#pool.run({
      script: script.text,
      strict: script.strict,
      cwd: script.cwd,
      env: script.env,
      stdout: script.stdout,
      stderr: script.stderr,
      walltimeMs: item.walltime === undefined ? undefined : item.walltime * 1000,
      ownProcess: needsOwnProcess(script.text),
      onStart: (pid, capturePath) => {
        this.#begun.add(item);
        this.#hooks.started(item, `shell ${pid}`, capturePath);
      },
      onEnd: (end) => {
        this.#handles.delete(item);
        this.#begun.delete(item);
        if (end.kind === "lost") this.#hooks.lost("shell", end.why);
        this.#hooks.ended(item, { kind: "shell", end });
        this.#free();
      },
    });
    this.#handles.set(item, handle);
  }

  /** Reports come many at a time: what follows from them is done once. */
  #free(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#hooks.free();
    });
  }

  /** Stops a script; false when it is not here. */
  cancel(item: WorkItem): boolean {
    const handle = this.#handles.get(item);
    handle?.cancel();
    return handle !== undefined;
  }

  /** Kills what runs and gives the shells back. */
  async close(): Promise<void> {
    await this.#pool.close();
  }
}
