// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import { app, gather } from "../../mod.ts";
import { openRun, runScript, tempDir, warningsOf } from "./helpers.ts";

const SCRIPT = fromFileUrl(import.meta.resolve("./full_disk_script.ts"));
const double = app((x: number) => 2 * x);

async function doubled(from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  assertEquals(await gather(numbers.map((x) => double(x))), numbers.map((x) => 2 * x));
}

Deno.test("A disk that is full costs what a later run could have used, never a result, and is told twice", async () => {
  using dir = tempDir();
  // No file may grow beyond 1 MiB; without the trap that would be a deadly signal, and with it is an error of write().
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [
      "-c",
      'trap "" XFSZ; ulimit -f 1024; exec "$@"',
      "bash",
      Deno.execPath(),
      "run",
      "--no-check",
      "-A",
      SCRIPT,
      dir.path("runs"),
    ],
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const { right, failed, warnings } = JSON.parse(text);
  assertEquals([right, failed], [true, 0]);
  assertEquals(warnings.length, 2, text);
  assertMatch(
    warnings[0],
    /^Cannot keep \d+ results? for a later run: Cannot write checkpoint .*journal.sqlite: its disk reports an error, or is full/,
  );
  assertMatch(warnings[1], /^\d+ results of this run could not be kept: a later run will do that work again$/);
  // What was written before is good.
  const lost = Number(/^\d+/.exec(warnings[1])?.[0]);
  using db = new DatabaseSync(dir.path("runs", "0001", "journal.sqlite"), { readOnly: true });
  assertEquals(db.prepare("SELECT count(*) AS n FROM memo").get()?.["n"], 300 - lost);
  assert(lost < 300, "nothing was kept");
});

Deno.test("A journal that breaks while it is used costs neither the results nor the lookups of a run", async () => {
  for (const checkpointMode of ["taskExit", "exit"] as const) {
    using dir = tempDir();
    const wf = await openRun(dir, { checkpointMode });
    const warnings = warningsOf(wf);
    await doubled(0, 10);
    {
      using db = new DatabaseSync(dir.path("runs", "0001", "journal.sqlite"), { timeout: 30_000 });
      db.exec("DROP TABLE memo; DROP TABLE memo_miss");
    }
    await doubled(0, 3000);
    assertEquals([wf.summary().failed, wf.summary().done], [0, 3010]);
    await wf.close();
    const told = await warnings();
    assert(told.length > 0 && told.length <= 4, told.join("\n"));
    assertMatch(told.join("\n"), /Cannot (look up|keep|write down)/);
  }
});

Deno.test("A journal that cannot be made costs what a later run could have used, when nothing is resumed", async () => {
  using dir = tempDir();
  const wf = await openRun(dir, { resume: false });
  const warnings = warningsOf(wf);
  Deno.mkdirSync(dir.path("runs", "0001", "journal.sqlite.new"));
  Deno.writeTextFileSync(dir.path("runs", "0001", "journal.sqlite.new", "in the way"), "");
  await doubled(0, 100);
  assertEquals(await wf.checkpoint(), 0);
  await wf.close();
  const told = await warnings();
  assertEquals(told.length, 1, told.join("\n"));
  assertMatch(told[0] ?? "", /^Cannot write checkpoint .*; results are not kept for a later run$/);
});

Deno.test({
  name: "A result that is too big for the journal is a warning, and the others are kept (needs 5 GiB of free memory)",
  // The result is in memory four times: in the worker, on its way, in the script and as what was to be written.
  ignore: Deno.systemMemoryInfo().available < 5 * 1024 ** 3,
  fn: async () => {
    using dir = tempDir();
    {
      const wf = await openRun(dir);
      const warnings = warningsOf(wf);
      const bytes = app((n: number) => new Uint8Array(n), { name: "bytes" });
      assertEquals((await bytes(513 * 1024 * 1024)).length, 513 * 1024 * 1024);
      assertEquals((await bytes(1)).length, 1);
      await wf.close();
      const told = await warnings();
      assertEquals(told.length, 1, told.join("\n"));
      assertMatch(
        told[0] ?? "",
        /^Cannot keep a result of "bytes": its result has 514 MiB and at most 512 MiB are kept/,
      );
    }
    await using wf = await openRun(dir);
    const bytes = app((n: number) => new Uint8Array(n), { name: "bytes" });
    assertEquals((await bytes(1)).length, 1);
    assertEquals(wf.summary().memoized, 1);
  },
});

Deno.test("A full disk script that has room is told nothing", async () => {
  using dir = tempDir();
  const { code, stdout } = await runScript(SCRIPT, [dir.path("runs")]);
  assertEquals([code, JSON.parse(stdout)], [0, { right: true, failed: 0, warnings: [] }]);
});
