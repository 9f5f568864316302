import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { CheckpointError, PermissionError } from "../../../../lib/errors/mod.ts";
import { Journal } from "../../../../lib/graph/journal/journal.ts";
import { rowSum } from "../../../../lib/graph/journal/record.ts";
import { makeRunDir } from "../../../../lib/graph/journal/run_dir.ts";
import { keyOf, recordOf, type TempDir, tempDir } from "./helpers.ts";

/** The journal of a run with 200 results, some of them many pages long, in `<dir>/runs/0001`. */
function journalFile(dir: TempDir): string {
  using journal = Journal.create(makeRunDir(dir.path("runs")).path, { toolkit: "9.8.7" });
  journal.record(Array.from({ length: 200 }, (_, n) => recordOf(n, "square", "v".repeat(n % 10 === 0 ? 20_000 : 200))));
  return journal.file;
}

/** Resumes in every way that reaches the file, and checks that each is refused, touching nothing. */
function refused(dir: TempDir, file: string, words: RegExp): void {
  const before = fingerprint(dir.path("runs", "0001"));
  for (const resume of [true, "last", file, dir.path("runs", "0001")]) {
    const run = makeRunDir(dir.path("runs"));
    const error = assertThrows(() => Journal.create(run.path, { toolkit: "1", resume }), CheckpointError);
    assertMatch(error.message, words);
    assertStringIncludes(error.message, file);
    assertStringIncludes(error.message, "hint: ");
    assertEquals(error.message.split("\n").length, 2, error.message);
    assertEquals([...Deno.readDirSync(run.path)], [], "something was left behind");
    Deno.removeSync(run.path);
  }
  assertEquals(fingerprint(dir.path("runs", "0001")), before, "the file was touched");
}

function fingerprint(folder: string): unknown {
  return [...Deno.readDirSync(folder)].map((entry) => {
    const path = `${folder}/${entry.name}`;
    return [
      entry.name,
      entry.isFile ? createHash("sha256").update(Deno.readFileSync(path)).digest("hex") : "directory",
      Deno.statSync(path).mtime,
    ];
  }).sort();
}

/** A bad file, what is done to a good journal to get it, and what is said of it. */
const BAD: readonly (readonly [name: string, spoil: (file: string) => void, words: RegExp])[] = [
  ["an empty file", (file) => Deno.truncateSync(file), /Cannot use checkpoint .*: the file is empty/],
  ["a text", (file) => Deno.writeTextFileSync(file, "hello"), /it is not a checkpoint of this toolkit/],
  ["a long text", (file) => Deno.writeTextFileSync(file, "hello ".repeat(9999)), /it is not a checkpoint of this/],
  [
    "random bytes",
    (file) => Deno.writeFileSync(file, crypto.getRandomValues(new Uint8Array(9000))),
    /is not a checkpoint/,
  ],
  ["zeros", (file) => Deno.writeFileSync(file, new Uint8Array(9000)), /is not a checkpoint/],
  ["the SQLite file of another program", (file) => {
    Deno.removeSync(file);
    using db = new DatabaseSync(file);
    db.exec("CREATE TABLE memo (key); PRAGMA user_version = 1");
  }, /it is an SQLite file of another program \(application id 0x0\)/],
  ["a newer format", (file) => sql(file, "PRAGMA user_version = 7"), /it has format 7, of a newer .* reads format 1\n/],
  [
    "an older format",
    (file) => sql(file, "PRAGMA user_version = 0"),
    /it has format 0, of an older .* reads format 1\n/,
  ],
  ["a directory", (file) => {
    Deno.removeSync(file);
    Deno.mkdirSync(file);
  }, /it is a directory|there is no journal/],
  ["a journal without its tables", (file) => sql(file, "DROP TABLE memo"), /it is damaged \(a table is missing/],
  [
    "a journal without its header",
    (file) => sql(file, "DELETE FROM meta"),
    /it is damaged \(its header is not whole\)/,
  ],
  ["a changed byte in a result", (file) => {
    const bytes = Deno.readFileSync(file);
    const at = new TextDecoder("latin1").decode(bytes).indexOf("v".repeat(4000));
    if (at < 0) throw new Error("no page of a long result");
    bytes[at + 1500] = 0x77;
    Deno.writeFileSync(file, bytes);
  }, /Cannot use checkpoint .*: record \d+ is damaged/],
  [
    "a result of a later V8",
    (file) => replaceResult(file, new Uint8Array([0xff, 0xf0, 0x30])),
    /by this version of Deno/,
  ],
];

for (const [name, spoil, words] of BAD) {
  Deno.test(`Journal.create() refuses to resume from ${name} and leaves it as it was`, () => {
    using dir = tempDir();
    const file = journalFile(dir);
    spoil(file);
    refused(dir, file, words);
  });
}

function sql(file: string, text: string): void {
  using db = new DatabaseSync(file);
  // Without a log the change is in the file itself, where the first look goes.
  db.exec(`PRAGMA journal_mode = DELETE; ${text}`);
}

/** Puts other bytes in the place of the result of 7, with a checksum that is right. */
function replaceResult(file: string, result: Uint8Array): void {
  using db = new DatabaseSync(file);
  const { key, app, parts } = recordOf(7);
  db.prepare("UPDATE memo SET result = ?, sum = ? WHERE key = ?")
    .run(result, rowSum(key, app, JSON.stringify(parts), "[]", result), key);
}

Deno.test("Journal.create() refuses a file cut short anywhere", () => {
  using dir = tempDir();
  const file = journalFile(dir);
  const whole = Deno.readFileSync(file);
  const cuts = [
    1,
    15,
    16,
    50,
    99,
    100,
    101,
    511,
    512,
    4095,
    4096,
    4097,
    8192,
    whole.length >> 1,
    whole.length - 4096,
    whole.length - 1,
  ];
  for (const cut of cuts) {
    Deno.writeFileSync(file, whole.subarray(0, cut));
    refused(dir, file, /it is cut short|it is damaged|does not begin like an SQLite file/);
  }
});

Deno.test("Journal.create() refuses a file with a page that was overwritten", () => {
  using dir = tempDir();
  const file = journalFile(dir);
  const whole = Deno.readFileSync(file);
  for (let page = 1; page < whole.length / 4096; page += 3) {
    const bytes = whole.slice();
    bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
    Deno.writeFileSync(file, bytes);
    refused(dir, file, /is damaged/);
  }
});

Deno.test("Journal.create() takes no changed byte for a good result, wherever it is", () => {
  using dir = tempDir();
  const file = journalFile(dir);
  const whole = Deno.readFileSync(file);
  let refusals = 0;
  for (let i = 0; i < 60; i++) {
    const bytes = whole.slice();
    const at = Math.floor(Math.random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    Deno.writeFileSync(file, bytes);
    const run = makeRunDir(dir.path("runs"));
    try {
      using journal = Journal.create(run.path, { toolkit: "1", resume: file });
      // A byte in unused space harms nothing; then everything must be there.
      assertEquals(journal.resumed, 200, `byte ${at}`);
      for (let n = 0; n < 200; n++) {
        assertEquals(journal.lookup(keyOf(n))?.value, "v".repeat(n % 10 === 0 ? 20_000 : 200), `byte ${at}`);
      }
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      refusals++;
    }
  }
  assert(refusals > 20, `only ${refusals} were noticed`);
});

Deno.test("Journal.lookup() says so when a result does not deserialize", () => {
  using dir = tempDir();
  const file = journalFile(dir);
  replaceResult(file, new Uint8Array([0xff, 0x0f, 0x6f, 0x22]));
  using journal = Journal.create(makeRunDir(dir.path("runs")).path, { toolkit: "1", resume: "last" });
  const error = assertThrows(() => journal.lookup(keyOf(7)), CheckpointError);
  assertMatch(error.message, /the result of "square" in record \d+ cannot be deserialized\nhint: /);
  assertEquals(journal.lookup(keyOf(8))?.value, "v".repeat(200));
});

Deno.test({
  name: "Journal.create() names the flag when the script may not read the file",
  permissions: { read: ["/tmp"], write: ["/tmp"] },
  fn: () => {
    const dir = Deno.makeTempDirSync({ dir: "/tmp" });
    const error = assertThrows(() => Journal.create(dir, { toolkit: "1", resume: "/etc/passwd" }), PermissionError);
    assertEquals(error.flag, "--allow-read=/etc/passwd");
    Deno.removeSync(dir, { recursive: true });
  },
});

Deno.test({
  name: "Journal.create() needs no more permission than to read and write its directories",
  permissions: { read: ["/tmp"], write: ["/tmp"] },
  fn: () => {
    const root = Deno.makeTempDirSync({ dir: "/tmp" });
    for (const resume of [undefined, "last", true] as const) {
      using journal = Journal.create(makeRunDir(root).path, { toolkit: "1", resume });
      journal.record([recordOf(1)]);
      assertEquals(journal.resumed, resume === undefined ? 0 : 1);
    }
    Deno.removeSync(root, { recursive: true });
  },
});
