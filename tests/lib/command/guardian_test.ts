// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals } from "@std/assert";
import { processesWith, until } from "./pool_helpers.ts";

const POOL = new URL("../../../lib/command/shell_pool.ts", import.meta.url).href;
const CLOCK = new URL("../../../lib/clock.ts", import.meta.url).href;

/** A script that uses a pool whose processes carry `mark` and whose files are in `dir`. */
function program(mark: string, dir: string, body: string): string {
  return `
    import { ShellPool } from ${JSON.stringify(POOL)};
    import { systemClock } from ${JSON.stringify(CLOCK)};
    const pool = new ShellPool({ slots: 2, clock: systemClock, tmpDir: ${JSON.stringify(dir)}, env: { MARK: ${
    JSON.stringify(mark)
  } } });
    const run = (script, ownProcess = false) => {
      const started = Promise.withResolvers(), end = Promise.withResolvers();
      pool.run({ script, strict: true, cwd: undefined, env: undefined, stdout: undefined, stderr: undefined,
        walltimeMs: undefined, ownProcess, onStart: started.resolve, onEnd: end.resolve });
      return { started: started.promise, end: end.promise };
    };
    ${body}`;
}

async function withProgram(
  body: string,
  flags: readonly string[],
  test: (child: Deno.ChildProcess, mark: string, dir: string) => Promise<void>,
): Promise<void> {
  const mark = `mark-${crypto.randomUUID()}`;
  const dir = await Deno.makeTempDir();
  const file = `${dir}.js`;
  await Deno.writeTextFile(file, program(mark, dir, body));
  const args = ["run", "--no-prompt", "--no-check", ...flags.map((f) => f.replace("DIR", dir)), file];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  try {
    await test(child, mark, dir);
    // The guardian of a killed script may still be at it.
    await until("nothing of it lives", () => processesWith(mark).length === 0);
    await until("its files are gone", () => [...Deno.readDirSync(dir)].length === 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
    await Deno.remove(file);
  }
}

async function firstLine(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value).trim();
}

Deno.test("Guardian ends all that a script killed by SIGKILL has left, in less than 3 s", async () => {
  const body = `
    const a = run("sleep 1000 & trap '' TERM; sleep 1000; sleep 1000"), b = run("sleep 1000", true);
    for (let i = 0; i < 5; i++) run("sleep 1000");
    await Promise.all([a.started, b.started]);
    console.log("ready");`;
  await withProgram(body, ["-A"], async (child, mark, dir) => {
    assertEquals(await firstLine(child), "ready");
    await until("all of it runs", () => processesWith(mark).length >= 6);
    assertEquals([...Deno.readDirSync(dir)].length, 1);
    const before = performance.now();
    child.kill("SIGKILL");
    await child.status;
    await until("all is gone", () => processesWith(mark).length === 0 && [...Deno.readDirSync(dir)].length === 0);
    const took = performance.now() - before;
    assert(took < 3000, `${took} ms`);
  });
});

Deno.test("Guardian is replaced when it is killed", async () => {
  const body = `
    const a = run("sleep 1000");
    await a.started;
    console.log("ready");`;
  await withProgram(body, ["-A"], async (child, _mark, dir) => {
    assertEquals(await firstLine(child), "ready");
    const guardians = (): number[] =>
      processesWith(`${dir}/`).filter((pid) => {
        try {
          return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("/guardian");
        } catch {
          return false;
        }
      });
    await until("the guardian is there", () => guardians().length === 1);
    const [first] = guardians();
    assert(first !== undefined);
    Deno.kill(first, "SIGKILL");
    await until("another one is there", () => guardians().some((pid) => pid !== first));
    child.kill("SIGKILL");
    await child.status;
  });
});

Deno.test("ShellPool leaves nothing when its script is killed while the shells start", async () => {
  const body = `
    const spawn = Deno.Command.prototype.spawn;
    Deno.Command.prototype.spawn = function () {
      const child = spawn.call(this);
      Deno.kill(Deno.pid, "SIGKILL");
      return child;
    };
    run("sleep 1000");`;
  await withProgram(body, ["-A"], async (child) => {
    await child.stdout.cancel();
    assertEquals((await child.status).signal, "SIGKILL");
  });
});

Deno.test("ShellPool lets a script end by itself when all is done", async () => {
  const body = `console.log((await run("echo hello").end).stdout);`;
  await withProgram(body, ["-A"], async (child) => {
    const { code, stdout } = await child.output();
    assertEquals([code, new TextDecoder().decode(stdout)], [0, "hello\n\n"]);
  });
});

Deno.test("ShellPool keeps a script alive while something runs or waits", async () => {
  const body = `for (let i = 0; i < 4; i++) run("sleep 0.1; echo " + i).end.then((e) => console.log(e.stdout.trim()));`;
  await withProgram(body, ["-A"], async (child) => {
    const { code, stdout } = await child.output();
    assertEquals([code, new TextDecoder().decode(stdout).split("\n").toSorted().join("")], [0, "0123"]);
  });
});

Deno.test("ShellPool needs no more permissions than to run bash and to write to its directory", async () => {
  const body = `
    const a = run("sleep 1000");
    setTimeout(() => pool.close(), 100);
    await a.started;
    console.log((await a.end).kind, (await run("true").end).kind);`;
  await withProgram(body, ["--allow-run=bash", "--allow-write=DIR", "--allow-read=DIR"], async (child) => {
    const { code, stdout } = await child.output();
    assertEquals([code, new TextDecoder().decode(stdout)], [0, "cancelled refused\n"]);
  });
});

Deno.test("ShellPool names the permission it lacks", async () => {
  const body = `const { error } = await run("true").end; console.log(error.name, error.message);`;
  await withProgram(body, ["--allow-write=DIR", "--allow-read=DIR"], async (child) => {
    const text = new TextDecoder().decode((await child.output()).stdout);
    assert(text.startsWith("PermissionError Cannot start bash: "), text);
    assert(text.includes("--allow-run=bash"), text);
  });
  await withProgram(body, ["--allow-run=bash"], async (child, _mark, dir) => {
    const text = new TextDecoder().decode((await child.output()).stdout);
    assert(text.startsWith("PermissionError Cannot make a directory for shells: "), text);
    assert(text.includes(`--allow-write=${dir}`), text);
  });
});
