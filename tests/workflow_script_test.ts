import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runScript, startScript } from "./scripts.ts";

Deno.test("a failing future that nobody awaits does not end the script; the exit status is 1, with load() and without", async () => {
  const body = `
    const bad = app(() => { throw new RangeError("no luck"); }, { name: "bad" });
    bad();
    const good = app((x: number) => 2 * x);
    console.log(await good(21));
    await new Promise((r) => setTimeout(r, 50));
    console.log("still here");`;
  const loaded = `await using _wf = await load({ progress: "off" });\n${body}`;
  for (const script of [loaded, body]) {
    const { code, stdout, stderr } = await runScript("app, load", script);
    assertEquals([code, stdout], [1, "42\nstill here\n"], stderr);
    assertStringIncludes(stderr, "nobody looked at the error of 1 failed task:");
    assertStringIncludes(stderr, "RangeError: no luck");
    assertStringIncludes(stderr, "the exit status of the script will be 1");
    assert(!stderr.includes("Uncaught"), stderr);
  }
});

Deno.test("the exit status is 0 when all failures were looked at, with load() and without", async () => {
  const body = `
    const bad = app(() => { throw new RangeError("no luck"); }, { name: "bad" });
    const after = app((x: unknown) => x);
    try { await bad(); } catch {}
    const again = bad();
    try { await again; } catch {}
    try { await again; } catch {}
    await after(bad()).catch(() => {});
    const stopped = bash\`sleep 1000\`();
    stopped.cancel();`;
  for (const script of [`await using _wf = await load({ progress: "off" });\n${body}`, body]) {
    const { code, stdout, stderr } = await runScript("app, bash, load", script);
    assertEquals([code, stdout], [0, ""], stderr);
    assert(!stderr.includes("nobody looked"), stderr);
  }
});

Deno.test("the exit status that the script chose is not changed", async () => {
  const { code } = await runScript("app", `app(() => { throw new Error("no"); })(); Deno.exitCode = 7;`);
  assertEquals(code, 7);
});

Deno.test("an error that the script itself does not catch ends it as ever, and what is open is told of", async () => {
  const { code, stderr } = await runScript(
    "app, load",
    `await using _wf = await load({ progress: "off" });
    console.error(await app(() => 1)());
    throw new TypeError("the script has a bug");`,
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the script has a bug");
});

Deno.test("stdout holds what the script printed and nothing of the toolkit", async () => {
  const body = `
    const say = bash\`echo out; echo err >&2; exit 3\`;
    console.log("first");
    await say().catch(() => {});
    app(() => { throw new Error("unseen"); })();
    console.log(await app((x: number) => x + 1)(1));
    Deno.stdout.writeSync(new TextEncoder().encode("last"));`;
  const loaded = `await using _wf = await load({ progress: "on", logLevel: "debug" });\n${body}`;
  for (const script of [loaded, body]) {
    const { stdout, stderr } = await runScript("app, bash, load", script);
    assertEquals(stdout, "first\n2\nlast");
    assert(stderr.length > 0);
  }
});

Deno.test("a script with nothing wrong says nothing on stderr", async () => {
  const { code, stdout, stderr } = await runScript(
    "app, bash",
    "console.log(await app(() => 1)(), await bash`echo a`.text()());",
  );
  assertEquals([code, stdout, stderr], [0, "1 a\n", ""]);
});

Deno.test("a default workflow keeps no directory unless something has to be kept", async () => {
  const dir = await Deno.makeTempDir();
  await runScript("app", "await app(() => 1)();", dir);
  assertEquals(await namesIn(dir), ["script.ts"]);
  await runScript("app", "await app(() => 1, { cache: true })();", dir);
  assertEquals(await namesIn(dir), ["runs", "script.ts"]);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("load() over a default workflow, and back to it", async () => {
  const { code, stdout, stderr } = await runScript(
    "app, load",
    `const id = app((x: number) => x);
    const one = id(1);
    { await using wf = await load({ progress: "off" }); await id(2); await id(3); console.log(wf.summary().tasks); }
    const two = id(4);
    console.log(one.id, two.id, await one + await two);`,
  );
  assertEquals([code, stdout], [0, "2\n1 2 5\n"], stderr);
});

for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} ends the script with ${status}; every task is told, and what is done is kept`, async () => {
    const dir = await Deno.makeTempDir();
    const body = `
      const keep = app((x: number) => x + 1, { cache: true });
      await using wf = await load({ progress: "off", resume: Deno.args.length > 0 || undefined });
      console.log("kept", await keep(1), wf.summary().memoized);
      const slow = bash\`sleep 1000\`();
      slow.catch((error) => console.log("told", error.name, error.message));
      const unseen = bash\`sleep 1000\`();
      console.log("ready");
      await slow;`;
    {
      await using script = await startScript("app, bash, load", body, dir);
      await script.line("ready");
      script.kill(signal);
      const { code, stdout, stderr } = await script.ended;
      assertEquals(code, status, stderr);
      assertStringIncludes(
        stdout,
        `told CancelledError Cancelled task t2 "slow": the script was interrupted by ${signal}`,
      );
      assert(!stderr.includes("nobody looked"), stderr);
    }
    const again = await runScript(
      "app, load",
      body.replace("Deno.args.length > 0 || undefined", "true").split("const slow")[0] ?? "",
      dir,
    );
    assertEquals(again.stdout, "kept 2 1\n", again.stderr);
    await Deno.remove(dir, { recursive: true });
  });
}

Deno.test("a second SIGINT does not wait for what the first one ends", async () => {
  await using script = await startScript(
    "bash, load, threads",
    `await using wf = await load({ progress: "off", executors: [threads({ maxThreads: 1, killDelay: "1h" })] });
    const deaf = bash\`trap "" TERM; while :; do sleep 0.1; done\`();
    for await (const event of wf.events()) if (event.kind === "TaskStarted") break;
    console.log("ready");
    await deaf;`,
  );
  await script.line("ready");
  script.kill("SIGINT");
  script.kill("SIGINT");
  assertEquals((await script.ended).code, 130);
});

Deno.test("SIGINT is the script's own again when every workflow is closed", async () => {
  await using script = await startScript(
    "app, load",
    `{ await using _wf = await load({ progress: "off" }); await app(() => 1)(); }
    const alive = setInterval(() => {}, 1000);
    Deno.addSignalListener("SIGINT", () => { console.log("mine"); clearInterval(alive); Deno.exit(5); });
    console.log("ready");`,
  );
  await script.line("ready");
  script.kill("SIGINT");
  const { code, stdout } = await script.ended;
  assertEquals([code, stdout.split("\n")], [5, ["ready", "mine", ""]]);
});

async function namesIn(dir: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(dir), (entry) => entry.name);
  return names.sort();
}
