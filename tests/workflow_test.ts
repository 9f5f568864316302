import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  asCompleted,
  bash,
  CancelledError,
  ConfigError,
  gather,
  join,
  load,
  sh,
  threads,
  type Workflow,
  WorkflowError,
} from "../mod.ts";
import { errorOf, failure, openLab, record, tempDir, until } from "./parsl/helpers.ts";

const MOD = import.meta.resolve("../mod.ts");
const one = app(() => 1, { name: "one" });
const square = app((x: number) => x * x, { name: "square" });
const breaks = app((): number => {
  throw new RangeError("no luck");
}, { name: "breaks" });

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

Deno.test("load() makes its workflow the current one, and each that closes gives way to the one before it", async () => {
  await using dir = await tempDir();
  const open = (): Promise<Workflow> => load({ runDir: `${dir.path}/runs`, progress: "off" });
  const counts = (...all: readonly Workflow[]): readonly number[] => all.map((wf) => wf.summary().tasks);
  const [a, b, c] = [await open(), await open(), await open()];
  assertEquals([a.run, b.run, c.run], ["0001", "0002", "0003"]);
  await one();
  assertEquals(counts(a, b, c), [0, 0, 1]);
  // One that is not the newest goes without changing where calls go.
  await b.close();
  await one();
  assertEquals(counts(a, b, c), [0, 0, 2]);
  await c.close();
  await one();
  assertEquals(counts(a, b, c), [1, 0, 2]);
  await a.close();
});

Deno.test("load() that is refused leaves the workflow before it the current one", async () => {
  await using lab = await openLab();
  assert(await errorOf(load({ retries: -1 })) instanceof ConfigError);
  await one();
  assertEquals(lab.wf.summary().tasks, 1);
});

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

Deno.test("close() fails what is called afterwards, from a join that is not over too", async () => {
  const lab = await openLab({ exitMode: "cancel" });
  const { promise, resolve } = Promise.withResolvers<void>();
  let late: unknown;
  const joins = join(async () => {
    await promise;
    try {
      return one();
    } catch (error) {
      late = error;
      throw error;
    }
  });
  const future = joins();
  await lab.wf.close();
  await failure(future, CancelledError);
  resolve();
  await until("the body goes on", () => late !== undefined);
  assert(late instanceof WorkflowError);
  assertMatch(late.message, /^Cannot call app "one": (workflow 0001 is closed|the join t1 .* was cancelled)$/);
  assertEquals(lab.wf.summary().tasks, 1);
  await lab[Symbol.asyncDispose]();
});

Deno.test("wait() ends with the last task, and failures do not make it reject", async () => {
  await using lab = await openLab();
  await lab.wf.wait();
  const futures = [breaks(), square(breaks()), square(2)];
  await lab.wf.wait();
  assertEquals(futures.map((future) => future.state), ["failed", "dependencyFailed", "done"]);
  assertEquals(lab.wf.summary().unseen, 3);
  for (const future of futures) assert(future.state === "done" || future.error !== undefined);
  assertEquals(lab.wf.summary().unseen, 0);
});

Deno.test("cancel() stops what runs and what waits, with the reason, and the workflow goes on", async () => {
  await using lab = await openLab();
  const running = waits(lab.path("never"));
  const waiting = app((text: string) => text)(running);
  await until("it runs", () => running.state === "running");
  lab.wf.cancel("enough");
  const errors = [await failure(running, CancelledError), await failure(waiting, CancelledError)];
  assertEquals(errors.map((error) => [error.by, error.cause]), [["user", "enough"], ["user", "enough"]]);
  assertStringIncludes(errors[0]?.message ?? "", 'Cancelled task t1 "waits": enough');
  assertEquals(await square(3), 9);
  const { cancelled, done, unseen } = lab.wf.summary();
  assertEquals([cancelled, done, unseen], [2, 1, 0]);
});

Deno.test("events() tells the life of a task in order, and ends when the workflow closes", async () => {
  const lab = await openLab();
  const recorded = record(lab.wf);
  await bash`true`();
  await failure(breaks(), Error);
  await lab[Symbol.asyncDispose]();
  await recorded.end;
  assertEquals(
    // Of functions only those are told to have started that run for a while.
    recorded.events.filter((event) => event.kind !== "TaskStarted" || event.task !== "t2")
      .map((event) => `${event.kind}${"task" in event ? ` ${event.task}` : ""}`),
    [
      ...["TaskSubmitted t1", "TaskLaunched t1", "TaskStarted t1", "TaskDone t1"],
      ...["TaskSubmitted t2", "TaskLaunched t2", "TaskFailed t2"],
      "WorkflowClosed",
    ],
  );
  assertEquals(recorded.events.map((event) => [event.v, event.run]), recorded.events.map(() => [1, "0001"]));
  const numbers = recorded.events.map((event) => event.seq);
  assertEquals(numbers, [...numbers].sort((a, b) => a - b));
});

Deno.test("events() ends with its signal, and leaving the loop ends it for that reader alone", async () => {
  await using lab = await openLab();
  const recorded = record(lab.wf);
  const stop = new AbortController();
  const stream = lab.wf.events({ signal: stop.signal });
  const other = lab.wf.events();
  await one();
  for await (const event of other) {
    assertEquals(event.kind, "TaskSubmitted");
    break;
  }
  assert((await other.next()).done);
  stop.abort(new RangeError("seen enough"));
  await failure(Array.fromAsync(stream), RangeError);
  await lab.wf.close();
  await recorded.end;
  assertEquals(recorded.events.at(-1)?.kind, "WorkflowClosed");
});

Deno.test("summary() counts each end once, and says run, directory and seconds", async () => {
  await using lab = await openLab();
  assertEquals({ ...lab.wf.summary(), seconds: 0 }, {
    tasks: 0,
    done: 0,
    memoized: 0,
    failed: 0,
    dependencyFailed: 0,
    cancelled: 0,
    unseen: 0,
    run: "0001",
    runDir: `${lab.dir}/runs/0001`,
    seconds: 0,
  });
  const cached = app((x: number) => x, { cache: true });
  const stopped = waits(lab.path("never"));
  const futures = [square(1), breaks(), square(breaks()), cached(1)];
  await cached(1);
  await cached(1);
  stopped.cancel();
  await lab.wf.wait();
  const { tasks, done, memoized, failed, dependencyFailed, cancelled, unseen, seconds } = lab.wf.summary();
  assertEquals([tasks, done, memoized, failed, dependencyFailed, cancelled, unseen], [8, 4, 2, 2, 1, 1, 3]);
  assert(seconds > 0 && seconds < 60);
  for (const future of futures) void future.error;
});

Deno.test("executors says who is busy with how much", async () => {
  await using lab = await openLab({ executors: [threads({ label: "two", maxThreads: 2 })] });
  const idle = { label: "two", kind: "threads", slots: 2, busy: 0, queued: 0, running: new Map() };
  assertEquals(lab.wf.executors, [idle]);
  const futures = [1, 2, 3].map(() => waits(lab.path("go")));
  await until("two run", () => lab.wf.executors[0]?.busy === 2);
  assertEquals(lab.wf.executors, [{ ...idle, busy: 2, queued: 1, running: new Map([["waits", 2]]) }]);
  await Deno.writeTextFile(lab.path("go"), "");
  await gather(futures);
  assertEquals(lab.wf.executors[0]?.busy, 0);
});

Deno.test("checkpoint() gives the number of results it wrote", async () => {
  await using lab = await openLab({ checkpointMode: "manual", cache: true });
  assertEquals(await lab.wf.checkpoint(), 0);
  await gather([square(1), square(2), square(2)]);
  assertEquals([await lab.wf.checkpoint(), await lab.wf.checkpoint()], [2, 0]);
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

Deno.test("stdout of a script is its own to the byte: progress, warnings, summaries and task output go elsewhere", async () => {
  const { code, stdout, stderr } = await run(`
await using wf = await load({ progress: "on", cache: true });
const speak = app((n) => n);
console.log("first");
await speak(1);
await bash\`echo from a script; echo and its stderr >&2\`();
await bash\`echo from one that fails; exit 3\`().catch(() => {});
app(() => { throw new Error("unseen"); })();
join((x) => [speak(x)])(new (class Odd {})());
await wf.wait();
Deno.stdout.writeSync(new TextEncoder().encode("no line end"));
`);
  assertEquals([code, stdout], [1, "first\nno line end"]);
  assertStringIncludes(stderr, "sluice 0001");
  assertFalse(stderr.includes("first"));
});

Deno.test("a failing future that nobody awaits never ends the script, whatever was asked of it", async () => {
  const { code, stdout, stderr } = await run(`
const bad = app((n) => { throw new RangeError("no " + n); });
globalThis.addEventListener("unhandledrejection", () => console.log("unhandled"));
{
  await using wf = await load({ progress: "off" });
  for (let n = 0; n < 50; n++) bad(n);
  const future = bad(50);
  future.get("x"); future.outputs; future.state; future.cancel;
  const dependant = app((x) => x)(future);
  await wf.wait();
  await new Promise((r) => setTimeout(r, 20));
  console.log(dependant.state);
}
console.log("still here");
`);
  assertEquals([code, stdout], [1, "dependencyFailed\nstill here\n"]);
  assertStringIncludes(stderr, "nobody looked at the errors of 53 failed tasks");
});

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
