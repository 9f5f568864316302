import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileFailure, refusal } from "./failure.ts";
import { JournalReader } from "./reader.ts";
import { findRuns } from "./run_dir.ts";
import { JOURNAL_NAME, type ResumedRun } from "./schema.ts";

/** What to resume from: all earlier runs, the last one, or a run directory or journal by its path. */
export type Resume = boolean | "last" | (string & Record<never, never>);

/** A journal to copy records from. */
export interface ResumeSource {
  /** The file. */
  readonly file: string;
  /** What the new journal remembers of it. */
  readonly contains: readonly ResumedRun[];
}

/** The journals to copy from, oldest first. None is fine, unless one was named. `scratch` is as for the reader. */
export function resumeSources(resume: Resume | undefined, runsDir: string, scratch: string): ResumeSource[] {
  if (resume === undefined || resume === false) return [];
  if (resume === true) return withoutContained(earlierJournals(runsDir), scratch);
  const files = resume === "last" ? earlierJournals(runsDir).slice(-1) : [namedJournal(resume)];
  return files.map((file) => ({ file, contains: describe(file, scratch).all }));
}

/** Whatever stands in the place of a journal counts as one: a bad one must be refused, not passed over. */
function earlierJournals(runsDir: string): string[] {
  return findRuns(runsDir).map((run) => join(run.path, JOURNAL_NAME)).filter((file) => {
    try {
      return statSync(file, { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      throw fileFailure(file, error);
    }
  });
}

function namedJournal(path: string): string {
  const named = resolve(path);
  try {
    if (!statSync(named).isDirectory()) return named;
  } catch (error) {
    throw fileFailure(named, error);
  }
  const file = join(named, JOURNAL_NAME);
  try {
    statSync(file);
    return file;
  } catch (error) {
    const last = earlierJournals(named).at(-1);
    const hint = last === undefined
      ? "name the directory of a run, or a journal"
      : `name one of its runs: ${dirname(last)}`;
    throw refusal(named, `there is no ${JOURNAL_NAME} in this directory`, error, hint);
  }
}

interface Description {
  readonly self: ResumedRun;
  readonly all: readonly ResumedRun[];
}

function describe(file: string, scratch: string): Description {
  using reader = JournalReader.open(file, scratch);
  const self = { run: reader.header.run, path: file, rows: reader.lastRow() };
  return { self, all: [...reader.header.resumedFrom, self] };
}

/** Leaves out the journals whose records were all copied into a later one that is there too. */
function withoutContained(files: readonly string[], scratch: string): ResumeSource[] {
  const described = files.map((file) => ({ file, ...describe(file, scratch) }));
  const copied = new Map<string, number>();
  for (const { all } of described) {
    for (const { run, rows } of all.slice(0, -1)) copied.set(run, Math.max(rows, copied.get(run) ?? 0));
  }
  return described.filter(({ self }) => (copied.get(self.run) ?? -1) < self.rows)
    .map(({ file, all }) => ({ file, contains: all }));
}
