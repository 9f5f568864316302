import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "../errors/config.ts";
import { JournalReader, type StoredMiss } from "../graph/journal/reader.ts";
import { findRuns } from "../graph/journal/run_dir.ts";
import { JOURNAL_NAME } from "../graph/journal/schema.ts";
import { type Candidate, nearestRecord } from "../graph/memo/explain.ts";
import { count } from "../text.ts";

/** Why a task was not taken from the cache, as text; of the last run in `./runs` when no run is named. */
export function explainCache(runPath: string | undefined, task: string): string {
  using journal = JournalReader.open(journalPath(runPath));
  const id = /^\d+$/.test(task) ? `t${task}` : task;
  const miss = journal.miss(id);
  if (miss === undefined) throw notMissed(journal, id);
  const lines = [`task ${id} "${miss.app}" was not taken from the cache of ${journal.file}`];
  if (miss.reason !== undefined) lines.push(miss.reason);
  else lines.push(...comparison(journal, miss));
  return lines.map((line, i) => i === 0 ? line : `  ${line}`).join("\n");
}

function journalPath(runPath: string | undefined): string {
  if (runPath !== undefined) {
    const path = resolve(runPath);
    return existsSync(join(path, JOURNAL_NAME)) ? join(path, JOURNAL_NAME) : path;
  }
  const last = findRuns("runs").map((run) => join(run.path, JOURNAL_NAME)).filter(existsSync).at(-1);
  if (last !== undefined) return last;
  throw new ConfigError("Cannot explain: there is no run with a journal in ./runs", {}, {
    hint: "go to the directory of the script, or name a run with --run",
  });
}

function notMissed(journal: JournalReader, task: string): ConfigError {
  const { tasks, total } = journal.missed(5);
  const known = total === 0
    ? "no task of this run was looked up in vain"
    : `${count(total, "task was", "tasks were")} not found in it: ${tasks.join(", ")}${
      total > tasks.length ? ", …" : ""
    }`;
  return new ConfigError(
    `Cannot explain task ${task}: it was taken from the cache, or is of an app without "cache: true", ` +
      "or is not in this run",
    {},
    { hint: `${known} (${journal.file})` },
  );
}

function comparison(journal: JournalReader, miss: StoredMiss): string[] {
  const nearest = miss.parts && nearestRecord(miss.parts, earlier(journal, miss));
  if (nearest === undefined) {
    return journal.header.resumedFrom.length === 0
      ? ["this run resumed from no other (load({ resume: true })), and the same call had not been made in it before"]
      : [`the runs it resumed from have no record of an app "${miss.app}"`];
  }
  const { record, differences } = nearest;
  const from = journal.header.resumedFrom.find((run) => run.run === record.run)?.path ?? `run ${record.run}`;
  if (differences.length === 0) return [`the record in ${from} has the same key and could not be used`];
  return [`what differs from the nearest earlier record, in ${from}:`, ...differences.map((line) => `  ${line}`)];
}

/** The records of the app that were there before this run did anything. */
function* earlier(journal: JournalReader, miss: StoredMiss): Generator<Candidate & { readonly run: string }> {
  for (const row of journal.rows(miss.app)) {
    if (row.sourceRun === journal.header.run) continue;
    // The checksum vouches that this is what was written.
    yield { key: row.key, parts: JSON.parse(row.parts) as Candidate["parts"], run: row.sourceRun };
  }
}
