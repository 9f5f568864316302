// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { app, CheckpointError, load } from "../../mod.ts";
import { openRun, type TempDir, tempDir } from "./helpers.ts";

const double = app((x: number) => 2 * x);

/** A directory with one good run, whose journal is returned. */
async function goodRun(dir: TempDir): Promise<string> {
  await using _wf = await openRun(dir);
  assertEquals(await double(1), 2);
  return dir.path("runs", "0001", "journal.sqlite");
}

/** What a run with a cache leaves. */
const NAMES = ["journal.sqlite", "sluice.log"];

/** What is done to a good journal, and what is said of it then. */
const BAD: readonly (readonly [name: string, spoil: (file: string) => void, words: RegExp])[] = [
  ["an empty file", (file) => Deno.truncateSync(file), /the file is empty/],
  ["a truncated file", (file) => Deno.truncateSync(file, 5000), /it is cut short \(5000 of \d+ bytes are there\)/],
  [
    "a file of another version",
    (file) => sql(file, "PRAGMA user_version = 99"),
    /it has format 99, of a newer version/,
  ],
  ["a text", (file) => Deno.writeTextFileSync(file, "my notes"), /it is not a checkpoint of this toolkit/],
  [
    "a database of another program",
    (file) => sql(file, "PRAGMA application_id = 5"),
    /it is an SQLite file of another/,
  ],
  ["a directory", (file) => {
    Deno.removeSync(file);
    Deno.mkdirSync(file);
  }, /it is a directory/],
];

function sql(file: string, text: string): void {
  const db = new DatabaseSync(file);
  db.exec(text);
  db.close();
}

function fingerprint(path: string): string {
  return Deno.statSync(path).isDirectory
    ? "directory"
    : createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
}

for (const [name, spoil, words] of BAD) {
  Deno.test(`load() refuses to resume from ${name}, starts nothing and leaves it as it is`, async () => {
    using dir = tempDir();
    const file = await goodRun(dir);
    spoil(file);
    const before = fingerprint(file);
    for (const resume of [true, "last", file, dir.path("runs", "0001")]) {
      if (name === "a directory" && resume === file) continue;
      const error = await assertRejects(() => openRun(dir, { resume }), CheckpointError);
      assertMatch(error.message, words, String(resume));
      assertStringIncludes(error.message, file);
      assertEquals(error.code, "CHECKPOINT");
    }
    assertEquals(fingerprint(file), before);
    assertEquals([...Deno.readDirSync(dir.path("runs", "0001"))].map((e) => e.name).sort(), NAMES);
    assertEquals([...Deno.readDirSync(dir.path("runs"))].map((e) => e.name), ["0001"], "a run that never was");
    // Nothing of the workflow that could not be opened is left in the way of one that can.
    await using wf = await openRun(dir, { resume: false });
    assertEquals([await double(1), wf.summary().memoized], [2, 0]);
  });
}

Deno.test("load() after a refusal: the runs that could not be opened are no last run", async () => {
  using dir = tempDir();
  const file = await goodRun(dir);
  const good = Deno.readFileSync(file);
  Deno.writeTextFileSync(file, "spoilt");
  await assertRejects(() => openRun(dir), CheckpointError);
  await assertRejects(() => openRun(dir, { resume: "last" }), CheckpointError);
  Deno.writeFileSync(file, good);
  for (const resume of ["last", true]) {
    await using wf = await openRun(dir, { resume });
    assertEquals([await double(1), wf.summary().memoized], [2, 1], String(resume));
  }
});

Deno.test("load() names a path that is not there, or holds no run", async () => {
  using dir = tempDir();
  await goodRun(dir);
  const missing = await assertRejects(() => openRun(dir, { resume: dir.path("nowhere") }), CheckpointError);
  assertMatch(missing.message, /nowhere: there is no such file or directory/);
  const parent = await assertRejects(() => openRun(dir, { resume: dir.path("runs") }), CheckpointError);
  assertMatch(parent.message, /there is no journal.sqlite in this directory\nhint: name one of its runs: .*0001/);
});

Deno.test("load() resumes from a run or a journal by its path, from elsewhere too", async () => {
  using dir = tempDir();
  const file = await goodRun(dir);
  for (const resume of [file, dir.path("runs", "0001")]) {
    await using wf = await load({ runDir: dir.path("others"), resume, cache: true, progress: "off" });
    assertEquals([await double(1), wf.summary().memoized], [2, 1]);
  }
});

Deno.test("load() resumes with true and last where there is nothing to resume from", async () => {
  for (const resume of [true, "last"]) {
    using dir = tempDir();
    await using wf = await openRun(dir, { resume });
    assertEquals([await double(1), wf.summary().memoized], [2, 0]);
  }
});

Deno.test("load() resumes last from the newest run alone and true from all of them", async () => {
  using dir = tempDir();
  await goodRun(dir);
  {
    await using _wf = await openRun(dir, { resume: false });
    assertEquals(await double(2), 4);
  }
  const memoized = async (resume: string | boolean): Promise<number> => {
    await using wf = await openRun(dir, { resume, cache: false });
    const cached = double.with({ cache: true });
    await Promise.all([cached(1), cached(2)]);
    // So that the next question finds the runs as they were.
    const { memoized, runDir } = wf.summary();
    await wf.close();
    assert(runDir !== undefined);
    Deno.removeSync(runDir, { recursive: true });
    return memoized;
  };
  assertEquals([await memoized("last"), await memoized(true), await memoized(false)], [1, 2, 0]);
});
