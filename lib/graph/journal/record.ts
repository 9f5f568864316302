import { crc32 } from "node:zlib";
import { fromBytes, toBytes } from "../../wire/values.ts";
import { CheckpointError } from "../../errors/checkpoint.ts";
import type { KeyParts } from "../memo/key.ts";
import type { OutputStamp } from "../memo/output_stamp.ts";

/** A result to be kept. */
export interface MemoRecord {
  /** `memoKey(parts)`. */
  readonly key: string;
  /** Name of the app; only `explain` looks at it. */
  readonly app: string;
  /** What the key is made of. */
  readonly parts: KeyParts;
  /** The result: a structured-clone value. */
  readonly value: unknown;
  /** The files the task wrote. */
  readonly outputs: readonly OutputStamp[];
}

/** A result that was found. */
export interface MemoHit {
  /** The key it was found by. */
  readonly key: string;
  /** Name the app had then. */
  readonly app: string;
  /** The result. */
  readonly value: unknown;
  /** The files the task wrote, as they were when it was done. */
  readonly outputs: readonly OutputStamp[];
  /** When it was recorded, in milliseconds since 1970. */
  readonly created: number;
  /** Unique id of the run that did the work. */
  readonly sourceRun: string;
}

/** A call that was not found. */
export interface MissEntry {
  /** Short id of the task: `t42`. */
  readonly task: string;
  /** Name of the app. */
  readonly app: string;
  /** The key that was looked up. */
  readonly key: string;
  /** What it is made of. */
  readonly parts: KeyParts;
  /** Why a record that was found could not be used, such as a changed output. */
  readonly reason?: string | undefined;
}

/** A result that could not be kept, and why; the task itself is as good as it was. */
export interface Unrecorded {
  /** Key of the record. */
  readonly key: string;
  /** Why. */
  readonly why: string;
}

/** A row of the memo table. */
export interface MemoRow {
  /** Number of the row. */
  readonly id: number;
  /** The key. */
  readonly key: string;
  /** Name of the app. */
  readonly app: string;
  /** The parts, as JSON. */
  readonly parts: string;
  /** The outputs, as JSON. */
  readonly outputs: string;
  /** The result, serialized. */
  readonly result: Uint8Array;
  /** Checksum over all of these but the number. */
  readonly sum: number;
  /** When it was recorded. */
  readonly created: number;
  /** The run that did the work. */
  readonly sourceRun: string;
}

/** The columns of a `MemoRow`. */
export const MEMO_COLUMNS = "id, key, app, parts, outputs, result, sum, created, source_run";

/** Largest result that is kept: SQLite holds no more than 10^9 bytes in a row, and this needs twice the memory. */
const MOST_BYTES = 512 * 1024 * 1024;

/** A result as bytes, or why it cannot be kept. */
export function encodeResult(value: unknown): Uint8Array | string {
  let bytes: Uint8Array;
  try {
    bytes = toBytes(value);
  } catch (error) {
    return `its result cannot be serialized: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (bytes.length <= MOST_BYTES) return bytes;
  const mib = Math.ceil(bytes.length / 1024 / 1024);
  return `its result has ${mib} MiB and at most ${MOST_BYTES / 1024 / 1024} MiB are kept: ` +
    "write it to a file and return its path";
}

/** Checksum of a row. */
export function rowSum(key: string, app: string, parts: string, outputs: string, result: Uint8Array): number {
  return crc32(result, crc32(`${key}\0${app}\0${parts}\0${outputs}`));
}

/** Version byte of what this V8 writes. */
const V8_VERSION = toBytes(null)[1] ?? 0;

/** Takes a row as SQLite gives it, and checks that it is as it was written. */
export function readRow(row: Readonly<Record<string, unknown>>, file: string): MemoRow {
  const { id, key, app, parts, outputs, result, sum, created, source_run: sourceRun } = row;
  if (
    typeof id !== "number" || typeof key !== "string" || typeof app !== "string" || typeof parts !== "string" ||
    typeof outputs !== "string" || !(result instanceof Uint8Array) || typeof created !== "number" ||
    typeof sourceRun !== "string" || sum !== rowSum(key, app, parts, outputs, result)
  ) {
    throw new CheckpointError(`Cannot use checkpoint ${file}: record ${String(id)} is damaged`, file, {
      hint: "the file was changed or its disk is failing; move it away to start without it",
    });
  }
  const version = result[1];
  if (result[0] !== 0xff || version === undefined || version > V8_VERSION) {
    throw new CheckpointError(
      `Cannot use checkpoint ${file}: the result of "${app}" in record ${id} cannot be read by this version of Deno ` +
        `(${Deno.version.deno})`,
      file,
      { hint: "run with the Deno that wrote it, or move the file away to start without it" },
    );
  }
  return { id, key, app, parts, outputs, result, sum, created, sourceRun };
}

/** The result and the outputs of a row. */
export function decodeRow(row: MemoRow, file: string): MemoHit {
  const { key, app, created, sourceRun } = row;
  try {
    const value = fromBytes(row.result);
    // The checksum vouches that this is what was written.
    return { key, app, value, outputs: JSON.parse(row.outputs) as OutputStamp[], created, sourceRun };
  } catch (error) {
    throw new CheckpointError(
      `Cannot use checkpoint ${file}: the result of "${app}" in record ${row.id} cannot be deserialized`,
      file,
      { cause: error, hint: "was it written by another version of Deno? Move the file away to start without it" },
    );
  }
}
