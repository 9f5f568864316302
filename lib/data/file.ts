import { basename, isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FILE, type FileOf } from "../brand.ts";

/** `scheme://` in front of a name makes it a URL; anything else is a path. */
const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//;

/** A file by its URL or its path: what goes in or out of a task. */
export abstract class DataFile implements FileOf {
  /** The mark of files, and which way it goes. */
  abstract readonly [FILE]: "input" | "output";
  /** As it was given. */
  readonly given: string;
  /** `file`, `https`, … */
  readonly scheme: string;

  /** Names a file by a path or a URL. */
  constructor(where: string | URL) {
    this.given = where instanceof URL ? where.href : where;
    if (this.given === "") throw new TypeError("Cannot make a file of an empty name: give it a path or a URL");
    if (this.given.includes("\0")) throw new TypeError("Cannot make a file: its name has a NUL byte");
    this.scheme = SCHEME.exec(this.given)?.[1]?.toLowerCase() ?? "file";
  }

  /** Where it is, as a URL. */
  get url(): string {
    if (SCHEME.test(this.given)) return this.given;
    return pathToFileURL(isAbsolute(this.given) ? this.given : resolve(this.given)).href;
  }

  /** Where it is on this machine, as it was given: a relative path stays relative. */
  get path(): string {
    if (this.scheme !== "file") {
      throw new TypeError(`Cannot name "${this.given}" on this machine: a ${this.scheme} file has no local path`);
    }
    return SCHEME.test(this.given) ? fileURLToPath(this.given) : this.given;
  }

  /** Last part of its name. */
  get filename(): string {
    return basename(this.scheme === "file" ? this.path : new URL(this.given).pathname);
  }

  /** Its path, or its URL when it is not on this machine. */
  toString(): string {
    return this.scheme === "file" ? this.path : this.given;
  }
}

/** A file that a task reads: its content counts for the cache. */
export class InputFile extends DataFile {
  /** The mark of files, and that it goes in. */
  readonly [FILE] = "input";
}

/** A file that a task writes: it must be there when the task has ended well. */
export class OutputFile extends DataFile {
  /** The mark of files, and that it goes out. */
  readonly [FILE] = "output";
}

/**
 * Names a file that a task reads.
 *
 * @param where A path (relative ones are taken from the task's directory) or a `file:` URL.
 */
export function file(where: string | URL): InputFile {
  return new InputFile(where);
}

/**
 * Names a file that a task writes. Given as an argument or in the option `outputs`, it becomes a `DataFuture` in
 * `future.outputs`, and a `MissingOutputsError` if it is not there when the task has ended well.
 *
 * @param where A path (relative ones are taken from the task's directory) or a `file:` URL.
 */
export function output(where: string | URL): OutputFile {
  return new OutputFile(where);
}
