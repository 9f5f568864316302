import { Buffer } from "node:buffer";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { CheckpointError } from "../../errors/checkpoint.ts";
import { PermissionError, ToolkitError } from "../../errors/base.ts";
import { APPLICATION_ID, FORMAT_VERSION } from "./schema.ts";

/** What a reader of the error can always do. */
const LEFT = "it was left as it was; move it away to start without it, or resume from another run";

/** Refuses a file that is not a journal of this version, by its first bytes: nothing is opened for it. */
export function checkFile(file: string): void {
  const head = readHead(file);
  if (head.length === 0) throw refusal(file, "the file is empty");
  if (!head.subarray(0, 16).equals(MAGIC.subarray(0, head.length))) {
    throw refusal(file, "it is not a checkpoint of this toolkit (it does not begin like an SQLite file)");
  }
  if (head.length < 100) throw refusal(file, `it is cut short (it has ${head.length} bytes)`);
  const application = head.readUInt32BE(68);
  if (application !== APPLICATION_ID) {
    throw refusal(file, `it is an SQLite file of another program (application id 0x${application.toString(16)})`);
  }
  const version = head.readUInt32BE(60);
  if (version !== FORMAT_VERSION) {
    const which = version > FORMAT_VERSION ? "a newer" : "an older";
    throw refusal(
      file,
      `it has format ${version}, of ${which} version of the toolkit, and this one reads format ${FORMAT_VERSION}`,
      undefined,
      `run with ${which} version of the toolkit; ${LEFT}`,
    );
  }
}

const MAGIC = Buffer.from("SQLite format 3\0", "latin1");

function readHead(file: string): Buffer {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const info = fstatSync(fd);
    if (info.isDirectory()) throw refusal(file, "it is a directory");
    if (!info.isFile()) throw refusal(file, "it is not a regular file");
    const head = Buffer.alloc(100);
    return head.subarray(0, readSync(fd, head, 0, head.length, 0));
  } catch (error) {
    throw fileFailure(file, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The error for a checkpoint that cannot be read. */
export function refusal(file: string, why: string, cause?: unknown, hint: string = LEFT): CheckpointError {
  return new CheckpointError(`Cannot use checkpoint ${file}: ${why}`, file, { hint, cause });
}

/** The error for a file operation that failed on a checkpoint. */
export function fileFailure(file: string, error: unknown): Error {
  if (error instanceof ToolkitError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new PermissionError(`read the checkpoint ${file}`, `--allow-read=${file}`, error);
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const [why, hint] = FILE_WORDS[code] ?? [error instanceof Error ? error.message : String(error), LEFT];
  return refusal(file, why, error, hint);
}

const NONE = ["there is no such file or directory", "name the directory of a run, or its journal"] as const;
const DENIED = ["you may not read it", "get the right to read it, or resume from another run"] as const;

const FILE_WORDS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  ENOENT: NONE,
  ENOTDIR: NONE,
  EACCES: DENIED,
  EPERM: DENIED,
  ELOOP: ["it is a link to itself", LEFT],
  ENOSPC: ["the disk is full", "a copy is needed to read it; give runDir a directory with space"],
};

/** The full code of an SQLite error, or 0 when it is none. */
export function sqliteCode(error: unknown): number {
  if (!(error instanceof Error)) return 0;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode;
  // What fails outside of a prepared statement is told without a code.
  return CODES.find(([words]) => error.message.startsWith(words))?.[1] ?? 0;
}

/** SQLite's own words for its codes. */
const CODES: readonly (readonly [words: string, code: number])[] = [
  ["database is locked", 5],
  ["attempt to write a readonly database", 8],
  ["disk I/O error", 10],
  ["database disk image is malformed", 11],
  ["database or disk is full", 13],
  ["unable to open database", 14],
  ["file is not a database", 26],
];

/** The error for an SQLite operation that failed while reading a checkpoint. */
export function readFailure(file: string, error: unknown): Error {
  const code = sqliteCode(error);
  if (code === 0) return fileFailure(file, error);
  const why = error instanceof Error ? error.message : String(error);
  return refusal(file, cutShort(file) ?? (READ_WORDS[code & 0xff] ?? `it cannot be read (${why})`), error);
}

/** The low byte of SQLite's codes: ERROR, BUSY, IOERR, CORRUPT, CANTOPEN, NOTADB. */
const READ_WORDS: Readonly<Record<number, string>> = {
  1: "it is damaged (a table is missing or not as it should be)",
  5: "another program keeps it locked",
  10: "its disk reports an error",
  11: "it is damaged",
  14: "it cannot be opened",
  26: "it is damaged",
};

/** Says so when a file is shorter than its header claims and nothing beside it could hold the rest. */
export function cutShort(file: string): string | undefined {
  if (existsSync(`${file}-wal`) || existsSync(`${file}-journal`)) return undefined;
  try {
    const fd = openSync(file, "r");
    try {
      const head = Buffer.alloc(100);
      readSync(fd, head, 0, head.length, 0);
      const claimed = head.readUInt32BE(28) * (head.readUInt16BE(16) === 1 ? 65536 : head.readUInt16BE(16));
      const size = fstatSync(fd).size;
      return size < claimed ? `it is cut short (${size} of ${claimed} bytes are there)` : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** The error for an SQLite operation that failed while writing a checkpoint. */
export function writeFailure(file: string, error: unknown): Error {
  if (error instanceof ToolkitError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new PermissionError(`write the checkpoint ${file}`, `--allow-read --allow-write`, error);
  }
  const why = error instanceof Error ? error.message : String(error);
  return new CheckpointError(`Cannot write checkpoint ${file}: ${WRITE_WORDS[sqliteCode(error) & 0xff] ?? why}`, file, {
    cause: error,
    hint: "what was recorded before is safe; give runDir a directory with space where you may write",
  });
}

/** BUSY, READONLY, IOERR, FULL, CANTOPEN. */
const WRITE_WORDS: Readonly<Record<number, string>> = {
  5: "another program keeps it locked",
  8: "it, or its directory, cannot be written",
  10: "its disk reports an error, or is full",
  13: "the disk is full or your quota used up",
  14: "it cannot be opened",
};
