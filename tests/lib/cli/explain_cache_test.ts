import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { explain } from "../../../lib/cli/explain.ts";
import { explainCache } from "../../../lib/cli/explain_cache.ts";
import { main } from "../../../lib/cli/main.ts";
import { CheckpointError, ConfigError } from "../../../lib/errors/mod.ts";
import { Journal } from "../../../lib/graph/journal/journal.ts";
import type { Resume } from "../../../lib/graph/journal/resume.ts";
import { makeRunDir } from "../../../lib/graph/journal/run_dir.ts";
import { type KeyParts, memoKey } from "../../../lib/graph/memo/key.ts";
import { type TempDir, tempDir } from "../graph/journal/helpers.ts";

const PARTS: KeyParts = {
  kind: "bash",
  code: "wc -l < a.csv",
  args: '["a.csv"]',
  inputs: [{ path: "a.csv", hash: "1" }],
  outputs: [],
  options: { cwd: "/w" },
};

/** A run that misses once as task t5 and records the result; returns its directory. */
function run(dir: TempDir, parts: KeyParts, resume?: Resume, reason?: string): string {
  const { path } = makeRunDir(dir.path("runs"));
  using journal = Journal.create(path, { toolkit: "1", resume });
  const key = memoKey(parts);
  journal.miss({ task: "t5", app: "count", key, parts, reason });
  journal.record([{ key, app: "count", parts, value: 3, outputs: [] }]);
  return path;
}

Deno.test("explainCache() shows what differs from the nearest record of the run before", () => {
  using dir = tempDir();
  const first = run(dir, PARTS);
  const second = run(dir, { ...PARTS, code: "wc -c < a.csv", inputs: [{ path: "a.csv", hash: "2" }] }, "last");
  const expected = `task t5 "count" was not taken from the cache of ${second}/journal.sqlite
  what differs from the nearest earlier record, in ${first}/journal.sqlite:
    the script changed
      was "wc -l < a.csv"
      is  "wc -c < a.csv"
    input a.csv changed its content`;
  assertEquals(explainCache(second, "t5"), expected);
  assertEquals(explainCache(`${second}/journal.sqlite`, "5"), expected);
});

Deno.test("explainCache() says so when there was nothing to compare with", () => {
  using dir = tempDir();
  assertMatch(explainCache(run(dir, PARTS), "t5"), /this run resumed from no other/);
  const { path } = makeRunDir(dir.path("runs"));
  using journal = Journal.create(path, { toolkit: "1", resume: "last" });
  journal.miss({ task: "t1", app: "other", key: "k", parts: PARTS });
  journal.flush();
  assertMatch(explainCache(path, "t1"), /the runs it resumed from have no record of an app "other"/);
});

Deno.test("explainCache() gives the reason when a record was found and could not be used", () => {
  using dir = tempDir();
  run(dir, PARTS);
  assertMatch(
    explainCache(run(dir, PARTS, "last", "output x.dat is missing"), "t5"),
    /\n {2}output x\.dat is missing$/,
  );
});

Deno.test("explainCache() names the tasks it knows when asked for another", () => {
  using dir = tempDir();
  const path = run(dir, PARTS);
  const error = assertThrows(() => explainCache(path, "t6"), ConfigError, "Cannot explain task t6");
  assertStringIncludes(error.message, "1 task was not found in it: t5");
});

Deno.test("explainCache() refuses what is no journal", () => {
  using dir = tempDir();
  assertThrows(() => explainCache(dir.path("none"), "t1"), CheckpointError, "there is no such file");
  Deno.writeTextFileSync(dir.path("text"), "text");
  assertThrows(() => explainCache(dir.path("text"), "t1"), CheckpointError, "it is not a checkpoint");
});

Deno.test("explain prints the explanation of a task of the run that is named", async () => {
  using dir = tempDir();
  const path = run(dir, PARTS);
  let printed = "";
  const output = { out: (text: string): void => void (printed += text), err: (): void => {} };
  assertEquals(await explain.run(["t5"], { _: [], run: path }, output), 0);
  assertEquals(printed, `${explainCache(path, "t5")}\n`);
});

Deno.test("explain is a command of the command line", async () => {
  using dir = tempDir();
  const path = run(dir, PARTS);
  let told = "";
  const add = (text: string): void => void (told += text);
  assertEquals(await main(["explain", "--cache", "t5", "--run", path], { out: add, err: add }), 0);
  assertEquals(told, `${explainCache(path, "t5")}\n`);
});
