import { assert } from "@std/assert";
import { systemClock } from "../../../lib/clock.ts";
import { type ShellEnd, type ShellHandle, type ShellJob, ShellPool } from "../../../lib/command/shell_pool.ts";

/** What a test says of a script; the rest is usual. */
export type Wish = Partial<Omit<ShellJob, "onEnd" | "script">>;

/** A pool of two shells that kills half a second after SIGTERM. */
export function makePool(options: Partial<ConstructorParameters<typeof ShellPool>[0]> = {}): ShellPool {
  return new ShellPool({ slots: 2, clock: systemClock, killDelayMs: 500, ...options });
}

/** A script that was given to a pool. */
export interface Running {
  /** Its handle. */
  readonly handle: ShellHandle;
  /** Its process group, when it starts. */
  readonly started: Promise<number>;
  /** How it ended. */
  readonly end: Promise<ShellEnd>;
}

/** Gives a script to a pool; fails when its end is told twice. */
export function start(pool: ShellPool, script: string, wish: Wish = {}): Running {
  const started = Promise.withResolvers<number>();
  const end = Promise.withResolvers<ShellEnd>();
  let ends = 0;
  const handle = pool.run({
    strict: true,
    cwd: undefined,
    env: undefined,
    stdout: undefined,
    stderr: undefined,
    walltimeMs: undefined,
    ownProcess: false,
    ...wish,
    script,
    onStart: (pid, path) => {
      wish.onStart?.(pid, path);
      started.resolve(pid);
    },
    onEnd: (e) => {
      assert(++ends === 1, `the end of ${script} was told twice`);
      end.resolve(e);
    },
  });
  return { handle, started: started.promise, end: end.promise };
}

/** Runs a script and waits for its end. */
export function run(pool: ShellPool, script: string, wish: Wish = {}): Promise<ShellEnd> {
  return start(pool, script, wish).end;
}

/** The end as far as it does not change from run to run. */
export function gist(end: ShellEnd): string {
  switch (end.kind) {
    case "exited":
      return `exited ${end.exitCode}`;
    case "signalled":
      return `signalled ${end.signal}`;
    case "timeout":
      return `timeout ${end.walltimeMs}`;
    case "cancelled":
      return "cancelled";
    case "lost":
      return "lost";
    case "refused":
      return `refused ${end.error.name}`;
  }
}

/** The end as one of its kind. */
export function as<K extends ShellEnd["kind"]>(kind: K, end: ShellEnd): Extract<ShellEnd, { kind: K }> {
  assert(end.kind === kind, `it was to be ${kind} and is ${Deno.inspect(end)}`);
  // The kind was just compared; TypeScript does not narrow a union by a type parameter.
  return end as Extract<ShellEnd, { kind: K }>;
}

/** What a script that exited with 0 wrote to stdout. */
export async function stdout(pool: ShellPool, script: string, wish: Wish = {}): Promise<string> {
  const end = as("exited", await run(pool, script, wish));
  assert(end.exitCode === 0, Deno.inspect(end));
  return end.stdout ?? "";
}

/** The pids of processes with this text in their command line or environment. */
export function processesWith(mark: string): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    try {
      const text = Deno.readTextFileSync(`/proc/${name}/cmdline`) + Deno.readTextFileSync(`/proc/${name}/environ`);
      const gone = /\) Z /.test(Deno.readTextFileSync(`/proc/${name}/stat`));
      if (text.includes(mark) && !gone) found.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Whether anything of a process group is alive. */
export function groupLives(group: number): boolean {
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [state, , pgrp] = Deno.readTextFileSync(`/proc/${name}/stat`).replace(/^.*\) /s, "").split(" ");
      if (Number(pgrp) === group && state !== "Z") return true;
    } catch {
      // It ended while we looked.
    }
  }
  return false;
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    assert(performance.now() < end, `waited ${ms} ms in vain until ${what}`);
    await systemClock.sleep(10);
  }
}
