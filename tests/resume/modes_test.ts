import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runScript, type TempDir, tempDir } from "./helpers.ts";

const SCRIPT = fromFileUrl(import.meta.resolve("./mode_script.ts"));
const VALUES = `[{"x":1,"y":2},{"x":2,"y":4},{"x":3,"y":6}]`;

/** Runs the script, kills it when it is ready, and gives what it said and how many of three results a next run finds. */
async function kept(mode: string, then: string): Promise<[said: string, kept: number]> {
  using dir = tempDir();
  const [said] = await killed(dir, mode, then);
  const [, next] = await killed(dir, mode, "");
  return [said, next];
}

async function killed(dir: TempDir, mode: string, then: string): Promise<[said: string, memoized: number]> {
  const { stdout, stderr, signal } = await runScript(SCRIPT, [dir.path("runs"), mode, then], "ready");
  assertEquals([stderr, signal], ["", "SIGKILL"], stdout);
  const [first = "", ...rest] = stdout.split("\n");
  assertEquals(first.slice(0, VALUES.length), VALUES);
  return [rest[0] ?? "", Number(first.slice(VALUES.length))];
}

Deno.test("checkpointMode taskExit keeps a result before its future is fulfilled", async () => {
  assertEquals(await kept("taskExit", ""), ["ready", 3]);
});

Deno.test("checkpointMode manual keeps what wf.checkpoint() wrote and nothing else", async () => {
  assertEquals(await kept("manual", ""), ["ready", 0]);
  assertEquals(await kept("manual", "close"), ["ready", 0]);
  assertEquals(await kept("manual", "checkpoint"), ["wrote 3 0", 3]);
});

Deno.test("checkpointMode exit keeps the results when the workflow closes", async () => {
  assertEquals(await kept("exit", ""), ["ready", 0]);
  assertEquals(await kept("exit", "close"), ["ready", 3]);
  assertEquals(await kept("exit", "checkpoint"), ["wrote 3 0", 3]);
});

Deno.test("checkpointMode periodic keeps them every checkpointPeriod, and when the workflow closes", async () => {
  assertEquals(await kept("periodic", ""), ["ready", 0]);
  assertEquals(await kept("periodic", "wait"), ["ready", 3]);
  assertEquals(await kept("periodic", "close"), ["ready", 3]);
});
