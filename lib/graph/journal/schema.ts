/** Stands in the header of every journal, so that a file of another program is known for what it is: "SlcJ". */
export const APPLICATION_ID = 0x536c634a;

/** Version of the tables and of what stands in them. A test fails when the tables change and this does not. */
export const FORMAT_VERSION = 1;

/** Name of the journal in a run directory. */
export const JOURNAL_NAME = "journal.sqlite";

/**
 * The tables. `memo.sum` is a checksum of the row, because SQLite itself does not notice a changed byte inside a value.
 * `memo_miss.parts` is null where there was no earlier record of the app to compare with.
 */
export const SCHEMA = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
CREATE TABLE memo (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  app TEXT NOT NULL,
  parts TEXT NOT NULL,
  outputs TEXT NOT NULL,
  result BLOB NOT NULL,
  sum INTEGER NOT NULL,
  created INTEGER NOT NULL,
  source_run TEXT NOT NULL
) STRICT;
CREATE TABLE memo_miss (
  task TEXT NOT NULL,
  app TEXT NOT NULL,
  key TEXT NOT NULL,
  parts TEXT,
  reason TEXT,
  created INTEGER NOT NULL
) STRICT;
`;

/** Puts a row in; the newer of two results of one call stays. */
export const INSERT_MEMO = `
INSERT INTO memo (key, app, parts, outputs, result, sum, created, source_run) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET app = excluded.app, parts = excluded.parts, outputs = excluded.outputs,
  result = excluded.result, sum = excluded.sum, created = excluded.created, source_run = excluded.source_run
WHERE excluded.created >= memo.created`;

/** Who wrote a journal, when, and what it began with. */
export interface JournalHeader {
  /** Unique id of the run. */
  readonly run: string;
  /** Version of the toolkit that made it. */
  readonly toolkit: string;
  /** When it was made, in milliseconds since 1970. */
  readonly created: number;
  /** The runs whose records it holds, those they had resumed from included. */
  readonly resumedFrom: readonly ResumedRun[];
}

/** A run whose records were copied. */
export interface ResumedRun {
  /** Unique id of that run. */
  readonly run: string;
  /** Its journal, where it was then. */
  readonly path: string;
  /** Highest row that was copied: when that run has gone on since, it is not wholly contained. */
  readonly rows: number;
}
