import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeyParts } from "../memo/key.ts";
import { checkFile, cutShort, readFailure, refusal, sqliteCode } from "./failure.ts";
import { MEMO_COLUMNS, type MemoRow, readRow } from "./record.ts";
import type { JournalHeader, ResumedRun } from "./schema.ts";

/** Milliseconds to wait for a lock that another process holds for the length of a commit. */
export const BUSY_TIMEOUT = 30_000;

/** A call that was not found, as it was written down. */
export interface StoredMiss {
  /** Name of the app. */
  readonly app: string;
  /** The key that was looked up. */
  readonly key: string;
  /** What it is made of; undefined where there was no earlier record of the app. */
  readonly parts: KeyParts | undefined;
  /** Why a record that was found could not be used. */
  readonly reason: string | undefined;
  /** When, in milliseconds since 1970. */
  readonly created: number;
}

/**
 * A journal that is only read: of a run that has ended, was killed, or still goes on. It changes nothing in the file
 * and needs no right to write beside it.
 */
export class JournalReader implements Disposable {
  /** The file. */
  readonly file: string;
  /** Who wrote it. */
  readonly header: JournalHeader;
  readonly #db: DatabaseSync;
  readonly #release: () => void;

  private constructor(file: string, db: DatabaseSync, release: () => void) {
    this.file = file;
    this.#db = db;
    this.#release = release;
    this.header = this.#guard(() => readHeader(db, file));
  }

  /**
   * Opens a journal. `scratch` is a directory for a copy: a killed run can leave a file that only a writer can bring
   * in order, and then the copy is the one that is written.
   */
  static open(path: string, scratch: string = tmpdir()): JournalReader {
    const file = resolve(path);
    checkFile(file);
    let release = (): void => {};
    try {
      let db = probe(file, true);
      if (db === undefined) {
        const copy = copyJournal(file, scratch);
        release = () => rmSync(copy, { recursive: true, force: true });
        db = probe(join(copy, basename(file)), false);
      }
      if (db === undefined) throw refusal(file, "it can neither be read where it is nor as a copy");
      const opened = db;
      return new JournalReader(file, opened, () => {
        opened.close();
        release();
      });
    } catch (error) {
      release();
      throw readFailure(file, error);
    }
  }

  /** Looks at every page, so that damage is found before anything is taken from the file. */
  verify(): void {
    const short = cutShort(this.file);
    if (short !== undefined) throw refusal(this.file, short);
    const found = this.#guard(() => this.#db.prepare("PRAGMA quick_check(1)").get())?.["quick_check"];
    if (found !== "ok") {
      throw refusal(this.file, `it is damaged (${String(found).replace(/^[*].*\n/, "").replaceAll("\n", " ")})`);
    }
  }

  /** Highest number of a record; 0 when there is none. */
  lastRow(): number {
    return this.#guard(() => Number(this.#db.prepare("SELECT max(id) AS last FROM memo").get()?.["last"] ?? 0));
  }

  /** The records, oldest first; of one app, when it is named. */
  *rows(app?: string): Generator<MemoRow> {
    const where = app === undefined ? "" : "WHERE app = ?";
    try {
      const statement = this.#db.prepare(`SELECT ${MEMO_COLUMNS} FROM memo ${where} ORDER BY id`);
      for (const row of app === undefined ? statement.iterate() : statement.iterate(app)) {
        yield readRow(row, this.file);
      }
    } catch (error) {
      throw readFailure(this.file, error);
    }
  }

  /** The last time a task was not found, or undefined when that never happened. */
  miss(task: string): StoredMiss | undefined {
    const row = this.#guard(() =>
      this.#db.prepare("SELECT * FROM memo_miss WHERE task = ? ORDER BY rowid DESC LIMIT 1").get(task)
    );
    if (row === undefined) return undefined;
    const { parts, reason } = row;
    return {
      app: String(row["app"]),
      key: String(row["key"]),
      // Written by this version, as the header says.
      parts: typeof parts === "string" ? JSON.parse(parts) as KeyParts : undefined,
      reason: typeof reason === "string" ? reason : undefined,
      created: Number(row["created"]),
    };
  }

  /** The first tasks that were not found, and how many there are. */
  missed(limit: number): { readonly tasks: readonly string[]; readonly total: number } {
    return this.#guard(() => ({
      tasks: this.#db.prepare("SELECT task FROM memo_miss ORDER BY rowid LIMIT ?").all(limit).map((row) =>
        String(row["task"])
      ),
      total: Number(this.#db.prepare("SELECT count(*) AS n FROM memo_miss").get()?.["n"] ?? 0),
    }));
  }

  /** Closes the file and removes the copy, if there is one. */
  [Symbol.dispose](): void {
    this.#release();
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw readFailure(this.file, error);
    }
  }
}

/** Opens a file far enough to know that it can be read; undefined when only a writer could. */
function probe(file: string, readOnly: boolean): DatabaseSync | undefined {
  const db = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT });
  try {
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    db.close();
    if (WRITER_NEEDED.has(sqliteCode(error) & 0xff)) return undefined;
    throw error;
  }
}

/** READONLY (a half-done commit must be undone, or shared memory made), IOERR (that memory), CANTOPEN (a log). */
const WRITER_NEEDED = new Set([8, 10, 14]);

function copyJournal(file: string, scratch: string): string {
  const folder = mkdtempSync(join(scratch, "resume-"));
  for (const suffix of ["", "-wal", "-journal"]) {
    if (suffix !== "" && !existsSync(file + suffix)) continue;
    copyFileSync(file + suffix, join(folder, basename(file) + suffix));
  }
  return folder;
}

function readHeader(db: DatabaseSync, file: string): JournalHeader {
  const meta = new Map(db.prepare("SELECT name, value FROM meta").all().map((row) => [row["name"], row["value"]]));
  const [run, toolkit, created, from] = ["run", "toolkit", "created", "resumed_from"].map((name) => meta.get(name));
  if (typeof run !== "string" || typeof toolkit !== "string" || typeof from !== "string") {
    throw refusal(file, "it is damaged (its header is not whole)");
  }
  // The list is what this version wrote, as the header says.
  return { run, toolkit, created: Number(created), resumedFrom: JSON.parse(from) as ResumedRun[] };
}
