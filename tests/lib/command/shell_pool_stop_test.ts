// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { as, gist, groupLives, makePool, processesWith, run, start, stdout, until } from "./pool_helpers.ts";

Deno.test("ShellPool.run() ends the whole group of a script at its walltime", async () => {
  await using pool = makePool();
  const both = start(pool, "echo out; sleep 100 & sleep 100", { walltimeMs: 200 });
  const pid = await both.started;
  const end = as("timeout", await both.end);
  assertEquals([end.walltimeMs, end.stdout, end.stdoutTail], [200, "out\n", "out\n"]);
  assert(end.durationMs >= 195 && end.durationMs < 3000, `${end.durationMs}`);
  assertEquals(groupLives(pid), false);
  assertEquals(await stdout(pool, "echo next"), "next\n");
});

Deno.test("ShellPool.run() kills a script that takes no notice of SIGTERM", async () => {
  await using pool = makePool({ killDelayMs: 200 });
  const scripts = [
    "trap '' TERM; echo ready; sleep 100; sleep 100",
    "trap '' TERM; echo ready; while :; do :; done",
    "trap 'sleep 100' TERM; echo ready; sleep 100",
  ];
  for (const ownProcess of [false, true]) {
    for (const script of scripts) {
      let capture = "";
      const r = start(pool, script, { ownProcess, onStart: (_, path) => void (capture = path ?? "") });
      const pid = await r.started;
      await until("it is ready", () => Deno.readTextFileSync(capture) === "ready\n");
      const before = performance.now();
      r.handle.cancel();
      assertEquals(as("cancelled", await r.end).stdout, "ready\n");
      const took = performance.now() - before;
      assert(took >= 195 && took < 10_000, `${script}: ${took}`);
      assertEquals(groupLives(pid), false, script);
    }
  }
});

Deno.test("ShellPool.run() tells the end only when a background process that ignores SIGTERM is gone too", async () => {
  await using pool = makePool({ killDelayMs: 200 });
  const r = start(pool, "(trap '' TERM; sleep 100; sleep 100) & sleep 100", { walltimeMs: 100 });
  const pid = await r.started;
  const end = as("timeout", await r.end);
  assertEquals(groupLives(pid), false);
  assert(end.stderr !== undefined);
});

Deno.test("ShellPool.run() ends a script that stopped itself", async () => {
  await using pool = makePool();
  const r = start(pool, "kill -STOP 0; echo not reached", { walltimeMs: 100 });
  const pid = await r.started;
  as("timeout", await r.end);
  assertEquals(groupLives(pid), false);
});

Deno.test("ShellPool.run() waits for a script that was stopped and goes on", async () => {
  await using pool = makePool({ slots: 1 });
  const outside = makePool();
  const r = start(pool, "kill -STOP $BASHPID; echo went on");
  const pid = await r.started;
  await until("it is stopped", () => /\) T /.test(Deno.readTextFileSync(`/proc/${pid}/stat`)));
  await run(outside, `kill -CONT ${pid}`);
  assertEquals(as("exited", await r.end).stdout, "went on\n");
  await outside.close();
});

Deno.test("ShellPool.run() lets a script clean up at SIGTERM", async () => {
  await using pool = makePool({ killDelayMs: 5000 });
  const r = start(pool, "trap 'echo cleaned; exit 3' TERM; echo ready; sleep 100 & wait");
  await r.started;
  await stdout(pool, "sleep 0.2");
  r.handle.cancel();
  assertEquals(as("cancelled", await r.end).stdout, "ready\ncleaned\n");
});

Deno.test("ShellHandle.cancel() ends a running script and all it started, once", async () => {
  await using pool = makePool();
  for (const ownProcess of [false, true]) {
    const r = start(pool, "sleep 100 | sleep 100 & (sleep 100; sleep 100)", { ownProcess });
    const pid = await r.started;
    r.handle.cancel();
    r.handle.cancel();
    assertEquals(gist(await r.end), "cancelled");
    assertEquals(groupLives(pid), false);
    r.handle.cancel();
    assertEquals(r.handle.state, "ended");
  }
});

Deno.test("ShellHandle.cancel() of a script that waits ends it at once and it never runs", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await using pool = makePool({ slots: 1 });
    const long = start(pool, "sleep 100");
    await long.started;
    const waiting = Array.from({ length: 40 }, (_, i) => start(pool, `touch ${dir}/${i}`));
    const cancelled = waiting.filter((_, i) => i % 2 === 0);
    for (const r of cancelled) r.handle.cancel();
    for (const r of cancelled) assertEquals(gist(await r.end), "cancelled");
    assertEquals(long.handle.state, "running");
    long.handle.cancel();
    const ends = await Promise.all(waiting.map((r) => r.end));
    assertEquals(ends.map((end, i) => gist(end) === (i % 2 === 0 ? "cancelled" : "exited 0")), waiting.map(() => true));
    assertEquals(
      [...Deno.readDirSync(dir)].map((e) => Number(e.name)).toSorted((a, b) => a - b),
      waiting.map((_, i) => i).filter((i) => i % 2 === 1),
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ShellHandle.cancel() in the moment of the start ends the right script", async () => {
  await using pool = makePool();
  for (let round = 0; round < 30; round++) {
    const victim = start(pool, "sleep 100");
    const innocent = start(pool, "sleep 0.02; echo fine");
    for (let i = 0; i < round % 10; i++) await Promise.resolve();
    if (round % 3 === 0) await new Promise((resolve) => setTimeout(resolve, round % 7));
    victim.handle.cancel();
    assertEquals(gist(await victim.end), "cancelled");
    assertEquals(as("exited", await innocent.end).stdout, "fine\n");
  }
});

Deno.test("ShellPool.run() gives up only the script whose shell was killed", async () => {
  await using pool = makePool({ slots: 2 });
  const other = start(pool, "sleep 1; echo fine");
  await other.started;
  // In a subshell $$ is the master, and the parent of the subshell is the loop.
  const killer = await run(pool, "read -r _ _ _ parent _ </proc/$BASHPID/stat; kill -9 $parent; sleep 100", {
    strict: false,
  });
  assertMatch(as("lost", killer).why, /the shell that ran it was killed/);
  assertEquals(as("exited", await other.end).stdout, "fine\n");
  const after = await Promise.all(Array.from({ length: 10 }, (_, i) => stdout(pool, `echo ${i}`)));
  assertEquals(after.length, 10);
});

Deno.test("ShellPool.run() goes on with another bash when the master is killed", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await using pool = makePool({ slots: 2 });
    const lost = start(pool, `echo x >> ${dir}/lost; sleep 100 & sleep 100`);
    const group = await lost.started;
    const killer = start(pool, "kill -9 $$; sleep 100");
    const waiting = Array.from({ length: 20 }, (_, i) => stdout(pool, `echo x >> ${dir}/${i}; echo ${i}`));
    assertMatch(as("lost", await killer.end).why, /the bash that keeps the shells was killed/);
    assertEquals(gist(await lost.end), "lost");
    assertEquals(groupLives(group), false);
    assertEquals(await Promise.all(waiting), Array.from({ length: 20 }, (_, i) => `${i}\n`));
    for (let i = 0; i < 20; i++) assertEquals(await Deno.readTextFile(`${dir}/${i}`), "x\n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ShellPool.close() cancels what runs and what waits, and leaves no process and no file", async () => {
  const mark = `mark-${crypto.randomUUID()}`;
  const dir = await Deno.makeTempDir();
  try {
    const pool = makePool({ slots: 2, env: { MARK: mark }, tmpDir: dir });
    const runs = ["sleep 100 & sleep 100", "trap '' TERM; sleep 100; sleep 100", "true", "true"].map((s) =>
      start(pool, s)
    );
    const own = start(pool, "sleep 100", { ownProcess: true });
    await Promise.all(runs.slice(0, 2).map((r) => r.started));
    await until("all of it runs", () => processesWith(mark).length >= 5);
    const before = performance.now();
    await pool.close();
    assert(performance.now() - before < 3000);
    for (const r of [...runs, own]) assertEquals(gist(await r.end), "cancelled");
    assertEquals(processesWith(mark), []);
    assertEquals([...Deno.readDirSync(dir)], []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ShellPool.close() is quick when nothing runs, and ends what scripts left in the background", async () => {
  const mark = `mark-${crypto.randomUUID()}`;
  const pool = makePool({ env: { MARK: mark } });
  await stdout(pool, "sleep 100 & echo x");
  assert(processesWith(mark).length > 0);
  const before = performance.now();
  await pool.close();
  assert(performance.now() - before < 1000, `${performance.now() - before}`);
  assertEquals(processesWith(mark), []);
});
