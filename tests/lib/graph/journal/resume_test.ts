import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CheckpointError } from "../../../../lib/errors/mod.ts";
import { Journal, type JournalOptions } from "../../../../lib/graph/journal/journal.ts";
import type { Resume } from "../../../../lib/graph/journal/resume.ts";
import { makeRunDir } from "../../../../lib/graph/journal/run_dir.ts";
import { FakeClock } from "../../../fake_clock.ts";
import { keyOf, recordOf, type TempDir, tempDir } from "./helpers.ts";

function start(dir: TempDir, resume?: Resume, options: Partial<JournalOptions> = {}): Journal {
  return Journal.create(makeRunDir(dir.path("runs")).path, { toolkit: "1", resume, ...options });
}

/** Makes a run that records results for some numbers; the text says which run did it. */
function run(
  dir: TempDir,
  numbers: readonly number[],
  resume?: Resume,
  options: Partial<JournalOptions> = {},
): Journal {
  const journal = start(dir, resume, options);
  journal.record(numbers.map((n) => recordOf(n, "square", `${n} by ${journal.header.run}`)));
  journal.close();
  return journal;
}

function found(journal: Journal, upTo = 9): number[] {
  return Array.from({ length: upTo }, (_, i) => i + 1).filter((n) => journal.lookup(keyOf(n)) !== undefined);
}

Deno.test('Journal.create() with resume "last" or true starts empty when there is no earlier run', () => {
  using dir = tempDir();
  for (const resume of ["last", true, false] as const) {
    using journal = start(dir, resume);
    assertEquals([journal.resumed, journal.header.resumedFrom], [0, []]);
    Deno.removeSync(journal.file);
  }
});

Deno.test('Journal.create() with resume "last" takes the newest run that has a journal', () => {
  using dir = tempDir();
  run(dir, [1]);
  run(dir, [2]);
  makeRunDir(dir.path("runs"));
  Deno.writeTextFileSync(dir.path("runs", "0999"), "a stray file");
  Deno.mkdirSync(dir.path("runs", "zzz"));
  Deno.writeTextFileSync(dir.path("runs", "zzz", "journal.sqlite"), "not looked at");
  using journal = start(dir, "last");
  assertEquals([found(journal), journal.resumed], [[2], 1]);
});

Deno.test('Journal.create() with resume "last" knows that 1000 comes after 999', () => {
  using dir = tempDir();
  for (const [n, name] of ["0999", "10000", "1000"].entries()) {
    Deno.mkdirSync(dir.path("runs", name), { recursive: true });
    using journal = Journal.create(dir.path("runs", name), { toolkit: "1" });
    journal.record([recordOf(n + 1)]);
  }
  using journal = start(dir, "last");
  assertEquals(found(journal), [2]);
});

Deno.test("Journal.create() with resume true takes all runs, and of each call the newest result", () => {
  using dir = tempDir();
  const clock = new FakeClock(1000);
  run(dir, [1, 2], undefined, { run: "A", clock });
  clock.advance(10);
  run(dir, [2, 3], undefined, { run: "B", clock });
  clock.advance(10);
  // The third run holds an older record of 2 than the second, although its number is higher.
  run(dir, [4], dir.path("runs", "0001"), { run: "C", clock });
  using journal = start(dir, true, { clock });
  assertEquals(found(journal), [1, 2, 3, 4]);
  const by = [1, 2, 3, 4].map((n) => journal.lookup(keyOf(n))?.sourceRun);
  assertEquals(by, ["A", "B", "B", "C"]);
  assertEquals(journal.header.resumedFrom.map((r) => r.run).sort(), ["A", "B", "C"]);
});

Deno.test("Journal.create() with resume true skips a run that a later one holds, but not when it went on since", () => {
  using dir = tempDir();
  const first = start(dir, undefined, { run: "A" });
  first.record([recordOf(1)]);
  run(dir, [2], true, { run: "B" });
  first.record([recordOf(3)]);
  first.close();
  using both = start(dir, true, { run: "C" });
  assertEquals(found(both), [1, 2, 3]);
  // Now C holds all of A and B: their journals are opened for their headers, but no record is taken from them.
  for (const name of ["0001", "0002"]) damageResults(dir.path("runs", name, "journal.sqlite"));
  using journal = start(dir, true);
  assertEquals(found(journal), [1, 2, 3]);
});

/** Changes a byte inside a stored result, which only shows when the record is read. */
function damageResults(file: string): void {
  const bytes = Deno.readFileSync(file);
  const at = new TextDecoder("latin1").decode(bytes).search(/result \d|\d by /);
  if (at < 0) throw new Error("no result to damage");
  bytes[at + 1] = 0x21;
  Deno.writeFileSync(file, bytes);
}

Deno.test("Journal.create() resumes from a run directory or a journal by its path", () => {
  using dir = tempDir();
  run(dir, [1]);
  run(dir, [2]);
  for (const path of [dir.path("runs", "0001"), dir.path("runs", "0001", "journal.sqlite")]) {
    using journal = start(dir, path);
    assertEquals(found(journal), [1]);
  }
  Deno.copyFileSync(dir.path("runs", "0001", "journal.sqlite"), dir.path("kept results"));
  using journal = start(dir, dir.path("kept results"));
  assertEquals(found(journal), [1]);
});

Deno.test("Journal.create() resumes from many chains of ten and loses nothing on the way", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }), { minLength: 10, maxLength: 10 }),
      fc.constantFrom<Resume>("last", true),
      (runs, resume) => {
        using dir = tempDir();
        const known = new Set<number>();
        for (const numbers of runs) {
          using journal = start(dir, resume);
          assertEquals(new Set(found(journal)), known);
          journal.record(numbers.map((n) => recordOf(n)));
          for (const n of numbers) known.add(n);
        }
        using last = start(dir, resume);
        assertEquals(new Set(found(last)), known);
        assertEquals(last.header.resumedFrom.length, 10);
      },
    ),
    { numRuns: 5 },
  );
});

Deno.test("Journal.create() resumes from a run that goes on, twice at once", () => {
  using dir = tempDir();
  for (const local of [true, false]) {
    using live = start(dir, undefined, { local });
    live.record([recordOf(1)]);
    using one = start(dir, dir.path("runs", live.file.split("/").at(-2) ?? ""), { local });
    using two = start(dir, dir.path("runs", live.file.split("/").at(-2) ?? ""), { local });
    live.record([recordOf(2)]);
    one.record([recordOf(3)]);
    assertEquals([found(live), found(one), found(two)], [[1, 2], [1, 3], [1]]);
  }
});

Deno.test("Journal.create() takes nothing of a commit that a kill cut off half-way", () => {
  using dir = tempDir();
  Deno.mkdirSync(dir.path("live"));
  using live = Journal.create(dir.path("live"), { toolkit: "1", local: false });
  live.record(Array.from({ length: 100 }, (_, n) => recordOf(n + 1, "square", "v".repeat(3000))));
  // A copy of both files in the middle of a big commit is what a kill leaves: some pages are the new ones.
  using writer = new DatabaseSync(live.file);
  writer.exec("PRAGMA cache_size = 2; BEGIN; UPDATE memo SET key = 'x' || key, result = zeroblob(5000)");
  Deno.mkdirSync(dir.path("killed"));
  for (const name of ["journal.sqlite", "journal.sqlite-journal"]) {
    Deno.copyFileSync(dir.path("live", name), dir.path("killed", name));
  }
  writer.exec("ROLLBACK");
  const before = Deno.readFileSync(dir.path("killed", "journal.sqlite"));
  using journal = start(dir, dir.path("killed"));
  assertEquals(found(journal, 100).length, 100);
  assertEquals(journal.lookup(keyOf(50))?.value, "v".repeat(3000));
  assertEquals(Deno.readFileSync(dir.path("killed", "journal.sqlite")), before);
  assertEquals([...Deno.readDirSync(dirname(journal.file))].filter((entry) => entry.isDirectory), []);
});

Deno.test("Journal.create() makes a journal that needs the earlier runs no more", () => {
  using dir = tempDir();
  run(dir, [1]);
  run(dir, [2], "last");
  Deno.removeSync(dir.path("runs", "0001"), { recursive: true });
  using journal = start(dir, true);
  assertEquals(found(journal), [1, 2]);
});

Deno.test("Journal.create() refuses a path that is not there or holds no journal, and says what would do", () => {
  using dir = tempDir();
  run(dir, [1]);
  const missing = assertThrows(() => start(dir, dir.path("none")), CheckpointError);
  assertStringIncludes(
    missing.message,
    `Cannot use checkpoint ${dir.path("none")}: there is no such file or directory`,
  );
  const above = assertThrows(() => start(dir, dir.path("runs")), CheckpointError);
  assertStringIncludes(above.message, "there is no journal.sqlite in this directory");
  assertStringIncludes(above.message, `name one of its runs: ${dir.path("runs", "0001")}`);
  Deno.mkdirSync(dir.path("empty"));
  assertThrows(() => start(dir, dir.path("empty")), CheckpointError, "name the directory of a run, or a journal");
  assertEquals([...Deno.readDirSync(dir.path("runs", "0003"))], []);
});
