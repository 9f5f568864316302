import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type Clock, systemClock } from "../../clock.ts";
import { InternalError } from "../../errors/base.ts";
import { CheckpointError } from "../../errors/checkpoint.ts";
import { buildJournal, type Built, insertRow } from "./build.ts";
import { writeFailure } from "./failure.ts";
import { isLocal } from "./file_system.ts";
import { BUSY_TIMEOUT } from "./reader.ts";
import {
  decodeRow,
  encodeResult,
  MEMO_COLUMNS,
  type MemoHit,
  type MemoRecord,
  type MemoRow,
  type MissEntry,
  readRow,
  rowSum,
  type Unrecorded,
} from "./record.ts";
import { type Resume, resumeSources } from "./resume.ts";
import { INSERT_MEMO, JOURNAL_NAME, type JournalHeader } from "./schema.ts";

/** What a new journal is told. */
export interface JournalOptions {
  /** Version of the toolkit. */
  readonly toolkit: string;
  /** Earlier runs whose records it begins with. */
  readonly resume?: Resume | undefined;
  /** Where the earlier runs are; the directory above that of the run by default. */
  readonly runsDir?: string | undefined;
  /** Unique id of the run; a random one by default. */
  readonly run?: string | undefined;
  /** The clock that dates the records. */
  readonly clock?: Clock | undefined;
  /** Whether the file system is of this machine alone; found out by default. */
  readonly local?: boolean | undefined;
}

/** Misses that are kept in memory before they are written without being asked. */
const MOST_MISSES = 1000;

/** The journal of the run that goes on: results are looked up in it and recorded. It has one writer. */
export class Journal implements Disposable {
  /** The file. */
  readonly file: string;
  /** Who wrote it, and which runs it began with. */
  readonly header: JournalHeader;
  /** How many records of earlier runs it began with. */
  readonly resumed: number;
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #insertMiss: StatementSync;
  readonly #earlierApps: ReadonlySet<string>;
  #misses: MissEntry[] = [];
  #closed = false;

  private constructor(file: string, built: Built, options: JournalOptions) {
    this.file = file;
    this.header = built.header;
    this.resumed = built.records;
    this.#earlierApps = built.apps;
    this.#clock = options.clock ?? systemClock;
    this.#db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT });
    // A local log survives the death of this process without a wait for the disk; without one every commit waits.
    this.#db.exec("PRAGMA cache_size = -16384");
    const local = options.local ?? isLocal(dirname(file));
    this.#db.exec(
      local
        ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        : "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL",
    );
    this.#find = this.#db.prepare(`SELECT ${MEMO_COLUMNS} FROM memo WHERE key = ?`);
    this.#insert = this.#db.prepare(INSERT_MEMO);
    this.#insertMiss = this.#db.prepare(
      "INSERT INTO memo_miss (task, app, key, parts, reason, created) VALUES (?, ?, ?, ?, ?, ?)",
    );
  }

  /**
   * Makes the journal of a run in its directory, with the records it resumes from. It is built under another name and
   * renamed when it is whole, so that at no moment a kill leaves a journal that a later run would have to refuse.
   */
  static create(dir: string, options: JournalOptions): Journal {
    const file = join(resolve(dir), JOURNAL_NAME);
    if (existsSync(file)) {
      throw new CheckpointError(`Cannot make checkpoint ${file}: there is one already`, file, {
        hint: "every run needs a directory of its own",
      });
    }
    const scratch = dirname(file);
    try {
      const sources = resumeSources(options.resume, options.runsDir ?? dirname(scratch), scratch);
      const created = (options.clock ?? systemClock).now();
      const head = { run: options.run ?? crypto.randomUUID(), toolkit: options.toolkit, created };
      return new Journal(file, buildJournal(file, head, sources, scratch), options);
    } catch (error) {
      throw writeFailure(file, error);
    }
  }

  /** The result of an earlier call with this key. */
  lookup(key: string): MemoHit | undefined {
    const row = this.#find.get(key);
    return row === undefined ? undefined : decodeRow(readRow(row, this.file), this.file);
  }

  /**
   * Records results in one transaction and returns when they are safe from the death of this process. What cannot be
   * kept is returned with the reason; the others are recorded all the same.
   */
  record(records: readonly MemoRecord[]): Unrecorded[] {
    const failed: Unrecorded[] = [];
    const rows: Omit<MemoRow, "id">[] = [];
    const created = this.#clock.now();
    for (const { key, app, parts, value, outputs } of records) {
      const result = encodeResult(value);
      if (typeof result === "string") {
        failed.push({ key, why: result });
        continue;
      }
      const texts = [JSON.stringify(parts), JSON.stringify(outputs)] as const;
      const sum = rowSum(key, app, ...texts, result);
      rows.push({ key, app, parts: texts[0], outputs: texts[1], result, sum, created, sourceRun: this.header.run });
    }
    this.#write(rows);
    return failed;
  }

  /** Notes a call that was not found; written with the next records, by `flush` or by `close`. */
  miss(entry: MissEntry): void {
    this.#misses.push(entry);
    if (this.#misses.length < MOST_MISSES) return;
    try {
      this.flush();
    } finally {
      // Where they cannot be written they must not fill the memory either.
      this.#misses = [];
    }
  }

  /** Writes what was only noted. */
  flush(): void {
    if (this.#misses.length > 0) this.#write([]);
  }

  #write(rows: readonly Omit<MemoRow, "id">[]): void {
    if (this.#closed) throw new InternalError(`Cannot write checkpoint ${this.file}: it is closed`);
    if (rows.length === 0 && this.#misses.length === 0) return;
    try {
      this.#db.exec("BEGIN IMMEDIATE");
      for (const row of rows) insertRow(this.#insert, row);
      this.#writeMisses();
      this.#db.exec("COMMIT");
      this.#misses = [];
    } catch (error) {
      // After some errors SQLite has rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw writeFailure(this.file, error);
    }
  }

  #writeMisses(): void {
    const now = this.#clock.now();
    for (const { task, app, key, parts, reason } of this.#misses) {
      // Where no earlier run knows the app, there is nothing to compare with, and a first run stays small.
      const text = this.#earlierApps.has(app) ? JSON.stringify(parts) : null;
      this.#insertMiss.run(task, app, key, text, reason ?? null, now);
    }
  }

  /** Writes what was only noted and closes the file. Once is enough. */
  close(): void {
    if (this.#closed) return;
    try {
      this.flush();
    } finally {
      this.#closed = true;
      this.#leaveOneFile();
      this.#db.close();
    }
  }

  /** Without a log the file can be read where nothing can be written, and nothing is left beside it. */
  #leaveOneFile(): void {
    try {
      this.#db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");
    } catch {
      // Somebody reads it just now; then it keeps its log, which is as good.
    }
  }

  /** The same as `close`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
