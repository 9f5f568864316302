import { systemClock } from "../clock.ts";
import type { Task } from "./task.ts";

/** How often a growing file is looked at, in milliseconds. */
const LOOK_EVERY = 50;

/**
 * Yields the lines of a bash task's stdout as they come, then ends, or throws the task's error. Looks at the file the
 * task writes: the task does not notice, and a reader that stops does not stop it.
 */
export async function* followLines(task: Task, signal?: AbortSignal): AsyncIterableIterator<string> {
  task.seen = true;
  task.rare().followed = true;
  const over = new Promise<void>((resolve) => task.whenOver(() => resolve()));
  const decoder = new TextDecoder();
  let offset = 0;
  let rest = "";
  while (true) {
    signal?.throwIfAborted();
    const last = task.over;
    const path = task.extra?.stdoutPath ?? task.extra?.capturePath;
    const chunk = path === undefined ? undefined : await readFrom(path, offset);
    if (chunk !== undefined) {
      offset += chunk.length;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (last) break;
    await Promise.race([over, systemClock.sleep(LOOK_EVERY)]);
  }
  if (task.fulfilled && offset === 0) yield* leftOver(task.extra?.capturedText ?? "");
  if (rest !== "") yield rest;
  task.kernel.failures.see(task);
  if (!task.fulfilled) throw task.result;
}

function leftOver(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** What a file holds from an offset on; undefined while it is not there. */
async function readFrom(path: string, offset: number): Promise<Uint8Array | undefined> {
  try {
    using open = await Deno.open(path);
    await open.seek(offset, Deno.SeekMode.Start);
    const pieces: Uint8Array[] = [];
    const buffer = new Uint8Array(1 << 16);
    for (let n = await open.read(buffer); n !== null; n = await open.read(buffer)) pieces.push(buffer.slice(0, n));
    return new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
