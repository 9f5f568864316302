import { systemClock } from "../clock.ts";
import type { Task } from "./task.ts";

/** How often a growing file is looked at, in milliseconds. */
const LOOK_EVERY = 50;

/**
 * Yields the lines of a bash task's stdout as they come, then ends, or throws the task's error. Looks at the file the
 * task writes: the task does not notice, and a reader that stops does not stop it. When a task is tried again, the
 * lines of the next try follow.
 */
export async function* followLines(task: Task, signal?: AbortSignal): AsyncIterableIterator<string> {
  if (task.spec.work.kind !== "bash") {
    throw new TypeError(`Cannot follow the lines of ${task.shortId} "${task.name}": only bash apps have a stdout`);
  }
  task.seen = true;
  task.rare().followed = true;
  const over = new Promise<void>((resolve) => task.whenOver(() => resolve()));
  const follower = new Follower(task);
  while (true) {
    signal?.throwIfAborted();
    const last = task.over;
    yield* await follower.look();
    if (last) break;
    await Promise.race([over, systemClock.sleep(LOOK_EVERY)]);
  }
  yield* follower.rest();
  task.kernel.failures.see(task);
  if (!task.fulfilled) throw task.result;
}

/** Where a reader is in what the tries of a task write. */
class Follower {
  readonly #task: Task;
  #try = 0;
  #offset = 0;
  #decoder = new TextDecoder();
  #rest = "";

  constructor(task: Task) {
    this.#task = task;
  }

  /** The lines that are complete since the last look. */
  async look(): Promise<string[]> {
    const task = this.#task;
    const before = task.tries > this.#try ? this.#nextTry() : [];
    const { stdoutPath, capturePath } = task.extra ?? {};
    // Until it runs, a file that it will not add to holds what somebody else wrote.
    const begun = task.script?.stdout?.append === true ? task.tries > 0 : task.state === "running" || task.over;
    if (stdoutPath !== undefined) {
      return begun ? [...before, ...this.#take(await readFrom(stdoutPath, this.#offset))] : before;
    }
    const bytes = capturePath === undefined ? undefined : await readFrom(capturePath, this.#offset);
    // A try that ended meanwhile has given its file to another script: what was read may be of that one.
    const mine = capturePath === task.extra?.capturePath && task.tries === this.#try ? bytes : undefined;
    return [...before, ...this.#take(mine ?? this.#leftOver())];
  }

  /** The last line, when it has no end. */
  rest(): string[] {
    const rest = this.#rest;
    this.#rest = "";
    return rest === "" ? [] : [rest];
  }

  #nextTry(): string[] {
    this.#try = this.#task.tries;
    this.#offset = this.#task.extra?.stdoutFrom ?? 0;
    this.#decoder = new TextDecoder();
    return this.rest();
  }

  /** What was captured of a try that has ended and was not read yet. */
  #leftOver(): Uint8Array | undefined {
    const task = this.#task;
    const text = task.extra?.capturedText ?? (task.fulfilled ? stdoutOf(task.result) : undefined);
    return text === undefined ? undefined : new TextEncoder().encode(text).subarray(this.#offset);
  }

  #take(bytes: Uint8Array | undefined): string[] {
    if (bytes === undefined) return [];
    this.#offset += bytes.length;
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}

/** What a value of a bash app says of its stdout: it may be over, or known from an earlier run, when somebody asks. */
function stdoutOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((line) => `${line}\n`).join("");
  const stdout = typeof value === "object" && value !== null && "stdout" in value ? value.stdout : undefined;
  return typeof stdout === "string" ? stdout : undefined;
}

/** What a file holds from an offset on; undefined while it is not there. */
async function readFrom(path: string, offset: number): Promise<Uint8Array | undefined> {
  try {
    using open = await Deno.open(path);
    await open.seek(offset, Deno.SeekMode.Start);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const buffer = new Uint8Array(1 << 16);
    for (let n = await open.read(buffer); n !== null; n = await open.read(buffer)) pieces.push(buffer.slice(0, n));
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
