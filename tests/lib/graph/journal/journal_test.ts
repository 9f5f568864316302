import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { CheckpointError, InternalError } from "../../../../lib/errors/mod.ts";
import { Journal, type JournalOptions } from "../../../../lib/graph/journal/journal.ts";
import { JournalReader } from "../../../../lib/graph/journal/reader.ts";
import { FakeClock } from "../../../fake_clock.ts";
import { keyOf, partsOf, recordOf, type TempDir, tempDir } from "./helpers.ts";

function journalIn(dir: TempDir, options: Partial<JournalOptions> = {}): Journal {
  return Journal.create(dir.root, { toolkit: "1.2.3", ...options });
}

Deno.test("Journal.create() makes a file that says whose it is", () => {
  using dir = tempDir();
  const clock = new FakeClock(1_800_000_000_000);
  journalIn(dir, { clock, run: "the run" }).close();
  assertEquals([...Deno.readDirSync(dir.root)].map((entry) => entry.name), ["journal.sqlite"]);
  using reader = JournalReader.open(dir.path("journal.sqlite"));
  assertEquals(reader.header, { run: "the run", toolkit: "1.2.3", created: 1_800_000_000_000, resumedFrom: [] });
});

Deno.test("Journal.create() uses a log on a local file system and none on a network one", () => {
  using dir = tempDir();
  for (const local of [true, false]) {
    Deno.mkdirSync(dir.path(String(local)));
    using journal = Journal.create(dir.path(String(local)), { toolkit: "1", local });
    journal.record([recordOf(1)]);
    const names = [...Deno.readDirSync(dir.path(String(local)))].map((entry) => entry.name);
    assertEquals(names.includes("journal.sqlite-wal"), local);
    using db = new DatabaseSync(journal.file, { readOnly: true });
    assertEquals(db.prepare("PRAGMA journal_mode").get()?.["journal_mode"] === "wal", local);
  }
});

Deno.test("Journal.create() never takes the place of a journal that is there", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  journal.record([recordOf(1)]);
  assertThrows(() => journalIn(dir), CheckpointError, "there is one already");
  assertEquals(journal.lookup(keyOf(1))?.value, "result 1");
});

Deno.test("Journal.create() says why it cannot write", () => {
  using dir = tempDir();
  const error = assertThrows(() => Journal.create(dir.path("none"), { toolkit: "1" }), CheckpointError);
  assertMatch(error.message, /^Cannot write checkpoint .*none\/journal\.sqlite: it cannot be opened\nhint: /);
});

Deno.test("Journal.lookup() finds what was recorded and nothing else", () => {
  using dir = tempDir();
  const clock = new FakeClock(5000);
  using journal = journalIn(dir, { clock, run: "me" });
  const outputs = [{ path: "/a", mark: { size: "1", mtime: "2", ctime: "3", ino: "4" }, hash: "5" }, { path: "/d" }];
  assertEquals(journal.record([{ ...recordOf(1), outputs }, recordOf(2)]), []);
  assertEquals(journal.lookup(keyOf(1)), {
    key: keyOf(1),
    app: "square",
    value: "result 1",
    outputs,
    created: 5000,
    sourceRun: "me",
  });
  assertEquals(journal.lookup(keyOf(3)), undefined);
});

Deno.test("Journal.record() keeps every value that can be sent to a worker", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  const values: unknown[] = [
    undefined,
    null,
    -0,
    NaN,
    10n ** 30n,
    "é\ud800\0",
    new Date(0),
    /x/g,
    new Map([[{ a: 1 }, new Set([1])]]),
    new Uint8Array([1, 2]),
    new Float64Array([0.5]),
    [, 1],
    { __proto__: null, a: [{}] },
    "x".repeat(5_000_000),
  ];
  journal.record(values.map((value, i) => ({ ...recordOf(i), value })));
  for (const [i, value] of values.entries()) {
    const hit = journal.lookup(keyOf(i));
    assert(hit !== undefined);
    assertEquals(hit.value, structuredClone(value));
    assert(Object.is(hit.value, value) || typeof value === "object");
  }
  const error = new TypeError("told", { cause: 1 });
  journal.record([recordOf(99, "square", error)]);
  const back = journal.lookup(keyOf(99))?.value;
  assert(back instanceof TypeError && back.message === "told" && back.cause === 1);
});

Deno.test("Journal.record() returns what it finds again, whatever the value", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  let n = 0;
  fc.assert(
    fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, withTypedArray: true }), (value) => {
      journal.record([{ ...recordOf(++n), value }]);
      assertEquals(journal.lookup(keyOf(n))?.value, structuredClone(value));
    }),
  );
});

Deno.test("Journal.record() keeps the rest when one value cannot be kept", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  const failed = journal.record([recordOf(1), recordOf(2, "square", () => 1), recordOf(3)]);
  assertEquals(failed.map((f) => f.key), [keyOf(2)]);
  assertMatch(failed[0]?.why ?? "", /^its result cannot be serialized: .*could not be cloned/);
  assertEquals([1, 2, 3].map((n) => journal.lookup(keyOf(n))?.value), ["result 1", undefined, "result 3"]);
});

Deno.test("Journal.record() replaces the result of a call that was made again", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  journal.record([recordOf(1, "square", "old")]);
  journal.record([recordOf(1, "square", "new")]);
  assertEquals(journal.lookup(keyOf(1))?.value, "new");
});

Deno.test("Journal.record() is seen by another reader as soon as it returns", () => {
  using dir = tempDir();
  for (const local of [true, false]) {
    Deno.mkdirSync(dir.path(String(local)));
    using journal = Journal.create(dir.path(String(local)), { toolkit: "1", local });
    journal.record([recordOf(1)]);
    using reader = JournalReader.open(journal.file);
    journal.record([recordOf(2)]);
    assertEquals([...reader.rows()].map((row) => row.key), [keyOf(1), keyOf(2)]);
  }
});

Deno.test("Journal.miss() is written with the next records, by flush and by close", () => {
  using dir = tempDir();
  const journal = journalIn(dir);
  const miss = (n: number) => ({ task: `t${n}`, app: "square", key: keyOf(n), parts: partsOf(n), reason: `r${n}` });
  using reader = JournalReader.open(journal.file);
  journal.miss(miss(1));
  assertEquals(reader.missed(9).total, 0);
  journal.record([recordOf(1)]);
  assertEquals(reader.missed(9).total, 1);
  journal.miss(miss(2));
  journal.flush();
  assertEquals(reader.missed(9), { tasks: ["t1", "t2"], total: 2 });
  journal.miss(miss(3));
  journal.close();
  assertEquals(reader.missed(2), { tasks: ["t1", "t2"], total: 3 });
  assertEquals(reader.miss("t3")?.reason, "r3");
  assertEquals(reader.miss("t4"), undefined);
});

Deno.test("Journal.miss() does not pile up in memory", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  for (let n = 0; n < 2500; n++) journal.miss({ task: `t${n}`, app: "a", key: "k", parts: partsOf(n) });
  using reader = JournalReader.open(journal.file);
  assertEquals(reader.missed(0).total, 2000);
});

Deno.test("Journal.close() can be called twice, and nothing can be written after it", () => {
  using dir = tempDir();
  const journal = journalIn(dir);
  journal.close();
  journal.close();
  assertThrows(() => journal.record([recordOf(1)]), InternalError, "closed");
});

Deno.test("Journal.record() says why it cannot write, and loses nothing of what it had", () => {
  using dir = tempDir();
  using journal = journalIn(dir);
  journal.record([recordOf(1)]);
  journal.miss({ task: "t7", app: "square", key: keyOf(7), parts: partsOf(7) });
  using other = new DatabaseSync(journal.file);
  // Another program broke the table: the nearest thing to a disk that fails.
  other.exec("ALTER TABLE memo RENAME TO gone");
  const error = assertThrows(() => journal.record([recordOf(2)]), CheckpointError);
  assertMatch(error.message, /^Cannot write checkpoint .*journal\.sqlite: no such table: .*memo/);
  assertStringIncludes(error.message, "what was recorded before is safe");
  other.exec("ALTER TABLE gone RENAME TO memo");
  assertEquals(journal.record([recordOf(2)]), []);
  using reader = JournalReader.open(journal.file);
  assertEquals(reader.missed(9).tasks, ["t7"]);
  assertEquals([...reader.rows()].length, 2);
});
