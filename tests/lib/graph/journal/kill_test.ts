// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Journal } from "../../../../lib/graph/journal/journal.ts";
import { JournalReader } from "../../../../lib/graph/journal/reader.ts";
import { findRuns, makeRunDir } from "../../../../lib/graph/journal/run_dir.ts";
import { keyOf, type TempDir, tempDir } from "./helpers.ts";

const WRITER = fileURLToPath(import.meta.resolve("./kill_writer.ts"));
const NOBODY = fileURLToPath(import.meta.resolve("./nobody_resumer.ts"));

/** Starts a run, kills it `delay` ms after it said `word`, and returns all it said. */
async function killedRun(args: readonly string[], word: string, delay: number): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", WRITER, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let armed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (armed || !text.includes(word)) continue;
    armed = true;
    setTimeout(() => child.kill("SIGKILL"), delay);
  }
  const { signal } = await child.status;
  assertEquals(signal, "SIGKILL", text.slice(0, 1000));
  return text;
}

function numbersIn(text: string): number[] {
  // The last line may have been cut off by the kill.
  return text.split("\n").slice(0, -1).filter((line) => /^\d+$/.test(line)).map(Number);
}

for (const local of [true, false]) {
  const name = local ? "with a log" : "without a log";
  Deno.test(`Journal.record() ${name} loses nothing it returned from, over 15 kills at random moments`, async () => {
    using dir = tempDir();
    const runs = dir.path("runs");
    const told = new Set<number>();
    let first = 0;
    for (let kill = 0; kill < 15; kill++) {
      // Every third is killed while it makes its journal and copies what the one before left.
      const text = kill % 3 === 2
        ? await killedRun([runs, String(first), String(local)], "begin", Math.random() * 12)
        : await killedRun([runs, String(first), String(local)], "made", Math.random() * 120);
      for (const n of numbersIn(text)) told.add(n);
      first = Math.max(-1, ...told) + 1;
      expectAll(dir, told);
    }
    assert(told.size > 100, `only ${told.size} results were recorded`);
  });
}

/** A new run finds everything, whichever way it resumes, and refuses no file. */
function expectAll(dir: TempDir, told: ReadonlySet<number>): void {
  for (const resume of ["last", true] as const) {
    const run = makeRunDir(dir.path("runs"));
    {
      using journal = Journal.create(run.path, { toolkit: "1", resume });
      const lost = [...told].filter((n) => !journal.lookup(keyOf(n)));
      assertEquals(lost, [], `${lost.length} of ${told.size} lost with resume ${resume}`);
    }
    // Otherwise the next one would resume from this and not from the one that was killed.
    Deno.removeSync(run.path, { recursive: true });
  }
}

Deno.test("Journal.create() reads what a killed run left, where nothing can be written", async () => {
  for (const local of [true, false]) {
    using dir = tempDir();
    const told = numbersIn(await killedRun([dir.path("runs"), "0", String(local)], "made", 150));
    const earlier = findRuns(dir.path("runs"))[0]?.path ?? "";
    const before = contents(earlier);
    // The memory that readers of a log share cannot be made here; losing it must not matter.
    if (local) Deno.removeSync(`${earlier}/journal.sqlite-shm`);
    Deno.chmodSync(dir.root, 0o755);
    Deno.chmodSync(dir.path("runs"), 0o755);
    Deno.chmodSync(earlier, 0o555);
    Deno.mkdirSync(dir.path("new"));
    Deno.chmodSync(dir.path("new"), 0o777);
    const asked = told.slice(-400);
    const found = await resumeAsNobody(dir.path("new"), earlier, asked.map((n) => keyOf(n)));
    Deno.chmodSync(earlier, 0o755);
    assertEquals(found, JSON.stringify(asked.map(() => true)));
    assertEquals(contents(earlier), before.filter(([name]) => !local || name !== "journal.sqlite-shm"));
    assertEquals([...Deno.readDirSync(dir.path("new"))].map((entry) => entry.name), ["journal.sqlite"]);
  }
});

function contents(folder: string): [name: string, size: number, mtime: number | undefined][] {
  return [...Deno.readDirSync(folder)].map(({ name }): [string, number, number | undefined] => {
    const { size, mtime } = Deno.statSync(`${folder}/${name}`);
    return [name, size, mtime?.getTime()];
  }).sort();
}

async function resumeAsNobody(dir: string, earlier: string, keys: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", NOBODY, dir, earlier, ...keys],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("Journal.create() reads a journal that was closed, where nothing can be written", async () => {
  using dir = tempDir();
  Journal.create(makeRunDir(dir.path("runs")).path, { toolkit: "1" }).close();
  const earlier = dir.path("runs", "0001");
  Deno.chmodSync(dir.root, 0o755);
  Deno.chmodSync(earlier, 0o555);
  Deno.mkdirSync(dir.path("new"));
  Deno.chmodSync(dir.path("new"), 0o777);
  const before = contents(earlier);
  assertEquals(await resumeAsNobody(dir.path("new"), earlier, []), "[]");
  assertEquals(contents(earlier), before);
  assertEquals(before.map(([name]) => name), ["journal.sqlite"]);
  Deno.chmodSync(earlier, 0o755);
});

Deno.test("Journal.create() says so when the earlier run may not be read", async () => {
  using dir = tempDir();
  Journal.create(makeRunDir(dir.path("runs")).path, { toolkit: "1" }).close();
  Deno.chmodSync(dir.root, 0o755);
  Deno.mkdirSync(dir.path("new"));
  Deno.chmodSync(dir.path("new"), 0o777);
  const file = dir.path("runs", "0001", "journal.sqlite");
  Deno.chmodSync(file, 0o000);
  const said = await resumeAsNobody(dir.path("new"), file, []);
  Deno.chmodSync(file, 0o644);
  assertStringIncludes(said, `CheckpointError: Cannot use checkpoint ${file}: you may not read it`);
  assertEquals([...Deno.readDirSync(dir.path("new"))], []);
});

Deno.test("JournalReader.open() reads a run that was killed and leaves its files as they were", async () => {
  using dir = tempDir();
  const told = numbersIn(await killedRun([dir.path("runs"), "0", "true"], "made", 100));
  const folder = dir.path("runs", "0001");
  const before = contents(folder).filter(([name]) => !name.endsWith("-shm"));
  for (let i = 0; i < 2; i++) {
    using reader = JournalReader.open(`${folder}/journal.sqlite`);
    reader.verify();
    const keys = new Set([...reader.rows()].map((row) => row.key));
    assertEquals(told.filter((n) => !keys.has(keyOf(n))), []);
  }
  assertEquals(contents(folder).filter(([name]) => !name.endsWith("-shm")), before);
});
