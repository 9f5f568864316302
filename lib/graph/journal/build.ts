import { renameSync, rmSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { JournalReader } from "./reader.ts";
import type { MemoRow } from "./record.ts";
import type { ResumeSource } from "./resume.ts";
import { APPLICATION_ID, FORMAT_VERSION, INSERT_MEMO, type JournalHeader, type ResumedRun, SCHEMA } from "./schema.ts";

/** A journal that was just made. */
export interface Built {
  /** Its header. */
  readonly header: JournalHeader;
  /** How many records it begins with. */
  readonly records: number;
  /** The apps these are of. */
  readonly apps: ReadonlySet<string>;
}

/** Builds a journal under another name and gives it its own when it is whole. `scratch` is as for the reader. */
export function buildJournal(
  file: string,
  head: Omit<JournalHeader, "resumedFrom">,
  sources: readonly ResumeSource[],
  scratch: string,
): Built {
  const building = `${file}.new`;
  const header = { ...head, resumedFrom: merge(sources.flatMap((source) => source.contains)) };
  rmSync(building, { force: true });
  try {
    const built = fill(building, header, sources, scratch);
    renameSync(building, file);
    return built;
  } catch (error) {
    rmSync(building, { force: true });
    throw error;
  }
}

function merge(runs: readonly ResumedRun[]): ResumedRun[] {
  const byRun = new Map<string, ResumedRun>();
  for (const run of runs) {
    if (run.rows >= (byRun.get(run.run)?.rows ?? 0)) byRun.set(run.run, run);
  }
  return [...byRun.values()];
}

function fill(building: string, header: JournalHeader, sources: readonly ResumeSource[], scratch: string): Built {
  const db = new DatabaseSync(building);
  try {
    // Nothing needs to be undone in a file that is thrown away when it is not finished; the commit still reaches the
    // disk before the rename does.
    db.exec(
      `PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -65536; PRAGMA synchronous = NORMAL; PRAGMA application_id = ${APPLICATION_ID}`,
    );
    db.exec(`PRAGMA user_version = ${FORMAT_VERSION}; BEGIN; ${SCHEMA}`);
    const meta = db.prepare("INSERT INTO meta (name, value) VALUES (?, ?)");
    meta.run("run", header.run);
    meta.run("toolkit", header.toolkit);
    meta.run("created", String(header.created));
    meta.run("resumed_from", JSON.stringify(header.resumedFrom));
    const insert = db.prepare(INSERT_MEMO);
    const apps = new Set<string>();
    for (const source of sources) copyRecords(source.file, insert, apps, scratch);
    const records = Number(db.prepare("SELECT count(*) AS n FROM memo").get()?.["n"] ?? 0);
    db.exec("COMMIT");
    return { header, records, apps };
  } finally {
    db.close();
  }
}

/** Row by row and not by ATTACH, which Deno refuses to scripts without all permissions; so each row is checked, too. */
function copyRecords(file: string, insert: StatementSync, apps: Set<string>, scratch: string): void {
  using reader = JournalReader.open(file, scratch);
  reader.verify();
  for (const row of reader.rows()) {
    insertRow(insert, row);
    apps.add(row.app);
  }
}

/** Binds a row to `INSERT_MEMO` and runs it. */
export function insertRow(insert: StatementSync, row: Omit<MemoRow, "id">): void {
  const { key, app, parts, outputs, result, sum, created, sourceRun } = row;
  insert.run(key, app, parts, outputs, result, sum, created, sourceRun);
}
