import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { app, asCompleted, bash, CancelledError, join, sh, WorkflowError } from "../mod.ts";
import { failure, openLab, record, tempDir } from "./parsl/helpers.ts";

const MOD = import.meta.resolve("../mod.ts");
const one = app(() => 1, { name: "one" });
const square = app((x: number) => x * x, { name: "square" });

/** A task that runs until something is written to a file. */
const waits = bash((path: string) => sh`until [[ -e ${path} ]]; do sleep 0.01; done; cat ${path}`, { name: "waits" })
  .text();

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script in a directory of its own. */
async function run(body: string, ...args: readonly string[]): Promise<Ran> {
  await using dir = await tempDir();
  await Deno.writeTextFile(
    `${dir.path}/script.ts`,
    `import { app, asCompleted, bash, gather, join, load, sh } from ${JSON.stringify(MOD)};\n${body}\n`,
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "script.ts", ...args],
    cwd: dir.path,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("a future of another workflow is refused in every kind of app, in words, and nothing is called", async () => {
  await using _outer = await openLab();
  const foreign = square(2);
  await foreign;
  await using lab = await openLab();
  const calls: readonly (() => unknown)[] = [
    () => square(foreign),
    () => app((list: readonly number[]) => list)([1, foreign]),
    () => bash((x: number) => sh`echo ${x}`)(foreign),
    () => bash(() => sh`echo ${foreign}`)(),
    () => join((x: number) => one.with({ name: String(x) })())(foreign),
    () => app(() => 1, { inputs: [foreign] })(),
  ];
  for (const call of calls) {
    const error = assertThrows(call, WorkflowError, 'Cannot use t1 "square" of workflow');
    assertEquals(error.hint, "await it and pass its value, or call both apps in the same workflow");
  }
  assertEquals(lab.wf.summary().tasks, 0);
  assertEquals(await square(await foreign), 16);
});

Deno.test("close() of one workflow leaves the tasks of another alone", async () => {
  await using lab = await openLab();
  const running = waits(lab.path("go"));
  const inner = await openLab({ exitMode: "cancel" });
  const stopped = waits(inner.path("go"));
  await inner.wf.close();
  await failure(stopped, CancelledError);
  await inner[Symbol.asyncDispose]();
  await Deno.writeTextFile(lab.path("go"), "gone");
  assertEquals(await running, "gone");
});

Deno.test("close() twice, and at the same time, is one close", async () => {
  const lab = await openLab();
  const recorded = record(lab.wf);
  const future = square(3);
  await Promise.all([lab.wf.close(), lab.wf.close(), lab.wf[Symbol.asyncDispose]()]);
  await lab.wf.close();
  await recorded.end;
  assertEquals(recorded.events.filter((event) => event.kind === "WorkflowClosed").length, 1);
  assertEquals(await future, 9);
  await lab[Symbol.asyncDispose]();
});

Deno.test("asCompleted() of futures of a workflow that closes under it ends", async () => {
  const lab = await openLab({ exitMode: "cancel" });
  const futures = [waits(lab.path("never")), waits(lab.path("never"))];
  const states: string[] = [];
  const walk = (async () => {
    for await (const future of asCompleted(futures)) states.push(future.state);
  })();
  await lab[Symbol.asyncDispose]();
  await walk;
  assertEquals(states, ["cancelled", "cancelled"]);
});

/** How a script ends in whose workflow something fails; the workflow is opened before each, or is the default one. */
const ENDINGS: readonly (readonly [what: string, body: string, code: number])[] = [
  ["nothing fails", "await good(1);", 0],
  ["nobody looks", "bad(1);", 1],
  ["nobody looks at what failed with it", "good(bad(1));", 1],
  ["it is caught", "try { await bad(1); } catch { /* seen */ }", 0],
  ["it is awaited in time", "await bad(1).catch(() => {});", 0],
  [
    "its error is read",
    "const f = bad(1); while (f.error === undefined) await new Promise((r) => setTimeout(r, 5));",
    0,
  ],
  ["its dependant is looked at", "await good(bad(1)).catch(() => {});", 0],
  ["one of two is looked at", "bad(1); await bad(2).catch(() => {});", 1],
  ["gather looks", "await gather([bad(1), bad(2)]).catch(() => {});", 0],
  ["asCompleted looks", "for await (const f of asCompleted([bad(1), bad(2)])) f.state;", 0],
  ["a join fails that is looked at", "await join(() => [bad(1)])().catch(() => {});", 0],
  ["a join fails that is not", "join(() => [bad(1)])();", 1],
  ["it is cancelled", "slow().cancel();", 0],
  ["the script says so itself", "bad(1); Deno.exitCode = 7;", 7],
  ["the script throws", "await bad(1);", 1],
];

for (const [how, open] of [["with load()", "await using _wf = await load();"], ["without load()", ""]] as const) {
  Deno.test(`the exit status of a script ${how} is 1 when a failure was not looked at, and only then`, async () => {
    const apps = `const good = app((x) => x), slow = bash\`sleep 100\`;
const bad = app((x) => { throw new RangeError("no " + x); });
${open}
console.log("begin");`;
    // Two at a time: each is a process that starts others.
    const left = [...ENDINGS];
    const one = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const [what, body, code] = next;
        const ended = await run(`${apps}\n${body}`);
        assertEquals([what, ended.code, ended.stdout], [what, code, "begin\n"], ended.stderr);
        if (code === 1 && what !== "the script throws") {
          assertStringIncludes(ended.stderr, "nobody looked at the error");
        }
      }
    };
    await Promise.all([one(), one()]);
  });
}

Deno.test("a signal while a workflow opens ends the script with its status, and leaves nothing behind", async () => {
  for (const [signal, status] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
    const { code, stdout } = await run(`
const opening = load({ progress: "off", resume: true, cache: true });
while (true) {
  // As soon as the workflow listens, whatever it is doing.
  try { if ([...Deno.readDirSync("runs")].length > 0) break; } catch { /* not yet */ }
  await Promise.resolve();
  await new Promise((r) => setTimeout(r));
}
Deno.kill(Deno.pid, "${signal}");
const wf = await opening;
await wf.wait();
await new Promise((r) => setTimeout(r, 60_000));
console.log("not reached");
`);
    assertEquals([signal, code, stdout], [signal, status, ""]);
  }
});
