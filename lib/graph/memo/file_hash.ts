import { createHash } from "node:crypto";
import { lstat, open, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../../clock.ts";

/** What is known of the content of a file or a directory. */
export type FileState =
  | { readonly kind: "known"; readonly hash: string }
  | { readonly kind: "missing" }
  /** Its content cannot be vouched for, so nothing that reads it may be memoized. */
  | { readonly kind: "unknown"; readonly why: string };

/** What tells one version of a file from the next without reading it. */
export interface FileMark {
  /** Size in bytes. */
  readonly size: string;
  /** Last change of the content, in nanoseconds since 1970. */
  readonly mtime: string;
  /** Last change of the content or the attributes. */
  readonly ctime: string;
  /** Number of the file in its file system. */
  readonly ino: string;
}

/** How many files are read at once: enough to hide the latency of a shared file system, few enough for `ulimit -n`. */
const AT_ONCE = 16;
/** A piece is hashed without a pause, so it must be small beside what a script notices. */
const PIECE = 256 * 1024;
/** A file that keeps changing is read no more often than this. */
const TRIES = 5;
/** File times are no finer than some milliseconds: a mark younger than this may miss a second write. */
const SETTLED_MS = 100;

/** Content hashes of files, each version of a file read once. */
export class FileHasher {
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly mark: FileMark; readonly hash: string }>();
  readonly #running = new Map<string, Promise<FileState>>();
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;

  /** Makes an empty cache. */
  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** The state of a file, or of everything below a directory. Never rejects. */
  state(path: string): Promise<FileState> {
    // One that is under way can be shared: it starts over when the file changes before it is done.
    let running = this.#running.get(path);
    if (running === undefined) {
      running = this.#state(path).finally(() => this.#running.delete(path));
      this.#running.set(path, running);
    }
    return running;
  }

  async #state(path: string): Promise<FileState> {
    try {
      const info = await stat(path);
      if (info.isDirectory()) return await this.#directory(path);
      return info.isFile() ? await this.#file(path) : { kind: "unknown", why: `${path} is not a file or a directory` };
    } catch (error) {
      return failure(path, error);
    }
  }

  async #file(path: string): Promise<FileState> {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = await fileMark(path);
      const known = this.#known.get(path);
      if (known !== undefined && sameMark(known.mark, before)) return { kind: "known", hash: known.hash };
      const settled = this.#clock.now() - Number(BigInt(before.mtime) / 1_000_000n) > SETTLED_MS;
      const hash = await this.#slot(() => hashFile(path));
      if (!sameMark(before, await fileMark(path))) continue;
      if (settled) this.#known.set(path, { mark: before, hash });
      return { kind: "known", hash };
    }
    return { kind: "unknown", why: `${path} changed ${TRIES} times while it was read; is something still writing it?` };
  }

  async #directory(path: string): Promise<FileState> {
    const names = (await readdir(path)).sort();
    const states = await Promise.all(names.map((name) => this.#entry(join(path, name))));
    const hash = createHash("sha256").update("directory\n");
    for (const [i, state] of states.entries()) {
      if (state.kind === "unknown") return state;
      hash.update(JSON.stringify([names[i], state.kind === "known" ? state.hash : state.kind]));
    }
    return { kind: "known", hash: hash.digest("hex") };
  }

  /** Links to directories count by their text: following them could go round in circles. */
  async #entry(path: string): Promise<FileState> {
    if ((await lstat(path)).isSymbolicLink()) {
      const target = await stat(path).catch(() => undefined);
      if (target === undefined || target.isDirectory()) return { kind: "known", hash: `-> ${await readlink(path)}` };
    }
    return await this.state(path);
  }

  async #slot<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}

function failure(path: string, error: unknown): FileState {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
  if (error instanceof Deno.errors.NotCapable) {
    return { kind: "unknown", why: `the script has no permission to read ${path}: run it with --allow-read` };
  }
  return { kind: "unknown", why: `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}` };
}

/** The mark of a file, following links; rejects when there is none. */
export async function fileMark(path: string): Promise<FileMark> {
  const info = await stat(path, { bigint: true });
  return { size: `${info.size}`, mtime: `${info.mtimeNs}`, ctime: `${info.ctimeNs}`, ino: `${info.ino}` };
}

/** Whether two marks are of one version of one file. */
export function sameMark(a: FileMark, b: FileMark): boolean {
  return a.size === b.size && a.mtime === b.mtime && a.ctime === b.ctime && a.ino === b.ino;
}

async function hashFile(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const hash = createHash("sha256");
    const buffer = new Uint8Array(PIECE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, null);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
