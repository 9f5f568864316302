import { tailOf } from "./tail.ts";
import type { WorkDir } from "./workdir.ts";

/** The most that is captured of a stream. */
export const CAPTURE_LIMIT = 64 * 2 ** 20;
/** A capture file this large is removed rather than kept for the next script. */
const LARGE = 2 ** 16;

interface Box {
  readonly file: Deno.FsFile;
  length: number;
}

/** The files of one master: for each token a script, and what it writes. */
export class MailBoxes {
  readonly #dir: WorkDir;
  readonly #boxes = new Map<string, Box>();
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(2 ** 16);

  constructor(dir: WorkDir) {
    this.#dir = dir;
  }

  /** Writes a script. The file stays open for the next one of the token: opening costs more than writing. */
  put(token: string, text: string): void {
    const box = this.#box(token);
    const bytes = this.#encode(text);
    box.file.seekSync(0, Deno.SeekMode.Start);
    for (let n = 0; n < bytes.length;) n += box.file.writeSync(bytes.subarray(n));
    if (bytes.length < box.length) box.file.truncateSync(bytes.length);
    box.length = bytes.length;
  }

  /** Makes the script of a token empty: if no shell has read it yet, none ever will. */
  blank(token: string): void {
    const box = this.#box(token);
    box.file.truncateSync(0);
    box.length = 0;
  }

  /** Writes the file of a script that runs as a process of its own and gives its path. */
  putOwn(token: string, text: string): string {
    const path = `${this.#dir.path}/${token}.sh`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** The file captured output goes to. */
  path(token: string, stream: "o" | "e"): string {
    return `${this.#dir.path}/${token}.${stream}`;
  }

  /** Bytes captured so far. */
  size(token: string, stream: "o" | "e"): number {
    try {
      return Deno.statSync(this.path(token, stream)).size;
    } catch {
      // Not made yet, or already removed.
      return 0;
    }
  }

  /** Whether a capture file is there. */
  has(token: string, stream: "o" | "e"): boolean {
    try {
      Deno.statSync(this.path(token, stream));
      return true;
    } catch {
      return false;
    }
  }

  /** What the prelude of a script could not do, once. */
  takeRefusal(token: string): string {
    const path = `${this.#dir.path}/${token}.r`;
    const what = Deno.readTextFileSync(path).trim();
    Deno.removeSync(path);
    return what;
  }

  /** What was captured, bytes that are not UTF-8 replaced; its end alone when there is more than the limit. */
  read(token: string, stream: "o" | "e"): { readonly text: string; readonly bytes: number } {
    const path = this.path(token, stream);
    const bytes = this.size(token, stream);
    try {
      if (bytes > CAPTURE_LIMIT) {
        const text = tailOf(readEnd(path, bytes));
        this.#renew(path);
        return { text, bytes };
      }
      const text = this.#speakPlainly(Deno.readTextFileSync(path));
      // On a disk, writing over a file that was not empty makes some file systems write it out at once.
      if (bytes > LARGE || !this.#dir.inMemory) this.#renew(path);
      else Deno.truncateSync(path);
      return { text, bytes };
    } catch (error) {
      // The pool is being closed and its directory is gone.
      if (error instanceof Deno.errors.NotFound) return { text: "", bytes: 0 };
      throw error;
    }
  }

  /** Something still runs that may write to the captures: the next script of the token gets other files. */
  abandon(token: string): void {
    this.#renew(this.path(token, "o"));
    this.#renew(this.path(token, "e"));
  }

  /** Closes the open files. */
  close(): void {
    for (const box of this.#boxes.values()) box.file.close();
    this.#boxes.clear();
  }

  /** bash names the file and counts the line we put on top: users know neither. */
  #speakPlainly(text: string): string {
    if (!text.includes(this.#dir.path)) return text;
    const own = new RegExp(`${RegExp.escape(this.#dir.path)}/\\w\\w: line (\\d+):`, "g");
    return text.replace(own, (_, line: string) => `bash: line ${Math.max(1, Number(line) - 1)}:`)
      .replaceAll(new RegExp(`${RegExp.escape(this.#dir.path)}/\\w\\w\\.sh: line`, "g"), "bash: line");
  }

  #box(token: string): Box {
    let box = this.#boxes.get(token);
    if (box === undefined) {
      const path = `${this.#dir.path}/${token}`;
      box = { file: Deno.openSync(path, { write: true, create: true, truncate: true, mode: 0o600 }), length: 0 };
      this.#boxes.set(token, box);
      Deno.writeFileSync(this.path(token, "o"), NO_BYTES);
    }
    return box;
  }

  #encode(text: string): Uint8Array {
    if (text.length * 3 > this.#buffer.length) return this.#encoder.encode(text);
    return this.#buffer.subarray(0, this.#encoder.encodeInto(text, this.#buffer).written);
  }

  /** Who follows the output of the next script must not see that of the last one, and finds a file. */
  #renew(path: string): void {
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    Deno.writeFileSync(path, NO_BYTES);
  }
}

const NO_BYTES = new Uint8Array();

function readEnd(path: string, size: number): string {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(LARGE);
  file.seekSync(size - LARGE, Deno.SeekMode.Start);
  return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
}
