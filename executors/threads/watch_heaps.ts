import type { Clock } from "../../lib/clock.ts";
import { type Lane, outOfMemory } from "./lane.ts";
import { Word } from "./protocol.ts";

/** How often workers that wait for something are looked at, in milliseconds. */
const LOOK_EVERY = 1000;
/** Looks in a row that must find a worker dead. */
const LOOKS = 3;
/** Numbers of epoll_wait and epoll_pwait on x86-64 and arm64: where an event loop sleeps. */
const SLEEPS = new Set(["232", "281", "22"]);

/**
 * When V8 stops a worker whose heap is full while it resolves a promise, the runtime says nothing and the worker's
 * event loop sleeps for ever. A worker that waits for a task has a timer that counts: one whose count stands still
 * while its thread sleeps in its event loop is such a one.
 *
 * @returns Ends the watch.
 */
export function watchHeaps(clock: Clock, lanes: () => readonly Lane[], heapMb: number): () => void {
  const suspects = new WeakMap<Lane, { beat: number; looks: number }>();
  let cancel = clock.after(LOOK_EVERY, look, { keepAlive: false });
  function look(): void {
    for (const lane of lanes()) {
      const beat = Atomics.load(lane.words, Word.beat);
      const before = suspects.get(lane);
      const still = lane.open > 0 && before?.beat === beat && Atomics.load(lane.words, Word.awaiting) === 1 &&
        sleepsInLoop(lane.threadId);
      const looks = still ? (before?.looks ?? 0) + 1 : 0;
      suspects.set(lane, { beat, looks });
      if (looks >= LOOKS) lane.end(outOfMemory(heapMb));
    }
    cancel = clock.after(LOOK_EVERY, look, { keepAlive: false });
  }
  return () => cancel();
}

/** Whether the thread of a worker sleeps in its event loop; false where that cannot be known. */
function sleepsInLoop(threadId: number): boolean {
  try {
    for (const task of Deno.readDirSync("/proc/self/task")) {
      const path = `/proc/self/task/${task.name}`;
      if (Deno.readTextFileSync(`${path}/comm`).trim() !== `worker-${threadId}`) continue;
      return SLEEPS.has(Deno.readTextFileSync(`${path}/syscall`).split(" ")[0] ?? "");
    }
  } catch {
    // No such file system, or no permission: then only the runtime's own word counts.
  }
  return false;
}
