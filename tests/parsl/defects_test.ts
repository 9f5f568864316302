/** What Parsl gets wrong, as its own study verified, held against this kernel: tasks, futures, the cache. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  bash,
  CancelledError,
  ConfigError,
  DependencyError,
  file,
  gather,
  InputFile,
  join,
  output,
  type OutputFile,
  RemoteError,
  SerializationError,
  sh,
  type TaskFuture,
  WorkerLostError,
  WorkflowError,
} from "../../mod.ts";
import { alive, errorOf, exists, failure, linesOf, openLab, record, runIn, tempDir, until } from "./helpers.ts";

const next = app((x: number) => x + 1, { name: "next" });

Deno.test("defect: every task of a failing chain of 10,000 ends, with a short message that names the root", async () => {
  await using lab = await openLab();
  const fail = app((): number => {
    throw new RangeError("the very first");
  }, { name: "head" });
  const chain: TaskFuture<number>[] = [fail()];
  while (chain.length < 10_000) chain.push(next(chain.at(-1)!));
  const last = await failure(chain.at(-1)!, DependencyError);
  await lab.wf.wait();
  assertEquals(lab.wf.summary().dependencyFailed, 9_999);
  assertEquals([last.path.length, last.root.shortId], [9_999, "t1"]);
  assertStringIncludes(last.message, "the very first");
  assert(last.message.length < 500, last.message);
  assert(last.cause instanceof RemoteError);
});

Deno.test("defect: a chain of 10,000 that works gives its value", async () => {
  await using _lab = await openLab();
  let future = next(0);
  for (let i = 1; i < 10_000; i++) future = next(future);
  assertEquals(await future, 10_000);
});

Deno.test("defect: a fan-in of 20,000 costs each task about as much as one of 500", async () => {
  await using _lab = await openLab();
  const count = app((list: readonly number[]) => list.length);
  async function perTask(n: number, times: number): Promise<number> {
    let least = Infinity;
    for (let i = 0; i < times; i++) {
      const began = performance.now();
      assertEquals(await count(Array.from({ length: n }, (_, i) => next(i))), n);
      least = Math.min(least, (performance.now() - began) / n);
    }
    return least;
  }
  await perTask(500, 1);
  const few = await perTask(500, 5);
  const many = await perTask(20_000, 2);
  // Quadratic work would make it 40; a busy machine makes some of it noise.
  assert(many < 10 * few, `${many} ms a task after ${few}`);
});

Deno.test("defect: cancel() ends a running script with all it started, and a task that waits for it", async () => {
  await using lab = await openLab();
  const pids = lab.path("pids");
  const script = bash((pids: string) =>
    sh`
    sleep 1000 & sleep 1000 | cat & echo started $! $(jobs -p) $BASHPID > ${pids}
    wait`
  )(pids);
  const waiting = app((result: { readonly stdout: string }) => result.stdout)(script);
  await until("it has begun", async () => await Deno.readTextFile(pids).catch(() => "") !== "");
  assertEquals(script.cancel("enough"), true);
  const error = await failure(script, CancelledError);
  assertEquals([error.by, error.cause, script.cancel()], ["user", "enough", false]);
  assert(await errorOf(waiting) instanceof Error);
  const started = (await Deno.readTextFile(pids)).match(/\d+/g)?.map(Number) ?? [];
  assert(started.length >= 3);
  await until("all of it is gone", () => !started.some(alive));
});

Deno.test("defect: cancel() ends a function that never lets go, and the next one runs", async () => {
  await using lab = await openLab({ executors: [{ kind: "threads", maxThreads: 1 }] });
  const spin = app((path: string) => {
    Deno.writeTextFileSync(path, "");
    for (;;);
  })(lab.path("begun"));
  await until("it runs", () => exists(lab.path("begun")));
  assertEquals(spin.cancel(), true);
  await failure(spin, CancelledError);
  assertEquals(await next(1), 2);
});

Deno.test("defect: cancel() of a task that waits keeps it from running, and leaves what it waited for alone", async () => {
  await using lab = await openLab();
  const slow = app(async () => {
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    return 1;
  })();
  const waiting = next(slow);
  assertEquals([waiting.cancel(), waiting.state, waiting.tries], [true, "cancelled", 0]);
  await failure(waiting, CancelledError);
  assertEquals([await slow, lab.wf.summary().cancelled], [1, 1]);
});

Deno.test("defect: walltime ends the whole tree of processes of a script, also those that ignore SIGTERM", async () => {
  await using lab = await openLab({ killDelay: 0.2 });
  const pids = lab.path("pids");
  const script = bash((pids: string) =>
    sh`
    trap '' TERM
    bash -c 'trap "" TERM; sleep 1000 & echo $! $$ >> "$0"; wait' ${pids} &
    echo $BASHPID >> ${pids}
    while true; do sleep 0.1; done`, { walltime: 0.5 })(pids);
  const error = await errorOf(script);
  assert(error instanceof Error && error.name === "TaskTimeoutError", Deno.inspect(error));
  const started = (await Deno.readTextFile(pids)).match(/\d+/g)?.map(Number) ?? [];
  assertEquals(started.length, 3);
  await until("all of it is gone", () => !started.some(alive));
});

Deno.test("defect: closing leaves no future pending, neither of running nor of waiting tasks", async () => {
  await using dir = await tempDir();
  const futures = await runIn(dir.path, { exitMode: "cancel" }, async () => {
    const sleep = app(async () => await new Promise<number>((resolve) => setTimeout(() => resolve(1), 60_000)));
    const running = Array.from({ length: 8 }, () => sleep());
    const scripts = Array.from({ length: 8 }, () => bash`sleep 60`());
    return await Promise.resolve([...running, ...scripts, next(running[0]!), join(() => running)()]);
  });
  const ended = await Promise.allSettled(futures);
  assertEquals(new Set(ended.map((e) => e.status)), new Set(["rejected"]));
});

Deno.test("defect: an app called for a closed workflow says so, instead of leaving a future pending", async () => {
  await using dir = await tempDir();
  const gate = Promise.withResolvers<void>();
  const late = Promise.withResolvers<unknown>();
  await runIn(dir.path, { exitMode: "cancel" }, async () => {
    // What a join body calls belongs to the workflow of the join, also when it is late.
    const body = join(async () => {
      await gate.promise;
      try {
        return next(1);
      } catch (error) {
        late.resolve(error);
        throw error;
      }
    })();
    body.catch(() => {});
    return await Promise.resolve();
  });
  gate.resolve();
  const error = await late.promise;
  assert(error instanceof WorkflowError);
  assertStringIncludes(error.message, "closed");
});

Deno.test("defect: what a failed script wrote last, its text and where it ran are in its error", async () => {
  await using lab = await openLab();
  const align = bash((sample: string) => sh`echo progress; echo ${sample} is bad >&2; exit 7`, {
    name: "align",
    cwd: lab.dir,
    stderr: lab.path("err"),
  });
  const error = await errorOf(align("it's 7"));
  assert(error instanceof Error);
  for (const part of [`"align"`, "exited with 7", "it's 7 is bad", lab.path("err"), "progress", "exit 7", lab.dir]) {
    assertStringIncludes(error.message, part);
  }
  const remote = await errorOf(
    app(() => {
      throw new RangeError("deep inside");
    }, { name: "fit" })(),
  );
  assert(remote instanceof RemoteError && remote.cause instanceof Error);
  assertStringIncludes(remote.message, `"fit"`);
  assertStringIncludes(remote.cause.stack ?? "", "app:fit", "frames of the function");
});

Deno.test("defect: streams of a function or a join are refused, not accepted and forgotten", () => {
  for (const option of ["stdout", "stderr", "cwd"] as const) {
    const options = { [option]: "somewhere" };
    assertThrows(() => app(() => 1, options), ConfigError, option);
    assertThrows(() => join(() => next(1), options), ConfigError, option);
  }
  for (const options of [{ env: { A: "1" } }, { walltime: 1 }, { permissions: "none" as const }]) {
    assertThrows(() => join(() => next(1), options), ConfigError, Object.keys(options)[0] ?? "");
  }
});

Deno.test("defect: an argument that cannot be sent is named by its place", async () => {
  await using lab = await openLab();
  class Model {}
  const fit = app((_a: number, _options: unknown) => 1, { name: "fit" });
  const error = assertThrows(() => fit(1, { runs: [{ model: new Model() }] }), SerializationError);
  assertStringIncludes(error.path, ".runs[0].model");
  assertStringIncludes(error.message, "Model");
  assertStringIncludes(error.message, `"fit"`);
  assertEquals(lab.wf.summary().tasks, 0);
});

Deno.test("defect: a pipeline whose first stage fails fails, and so does a variable that is not set", async () => {
  await using _lab = await openLab();
  await errorOf(bash`false | cat`());
  await errorOf(bash`echo "$no_such_variable"`());
  await errorOf(bash`false; true`());
  assertEquals((await bash`false | cat; echo "[$no_such_variable]"`.with({ strict: false })()).stdout, "[]\n");
});

Deno.test("defect: nothing of one task is seen by the next: variables, directory, shell options, traps, exit", async () => {
  await using _lab = await openLab({ executors: [{ kind: "threads", maxThreads: 1 }] });
  await bash`export LEFT=behind; cd /; set -f; shopt -s nullglob; umask 777; echo() { :; }; trap 'exit 9' EXIT; exec true`
    .with({ strict: false, env: { GIVEN: "once" } })().then(() => 0, () => 0);
  const look = bash`builtin echo "\${LEFT-none} \${GIVEN-none} $PWD $- $(umask) $(type -t echo) [$(trap)]"`.text();
  const seen = await look();
  assertStringIncludes(seen, `none none ${Deno.cwd()} `);
  assertEquals(
    [/ \S*f\S* /.test(seen), seen.includes("0777"), seen.includes("builtin []")],
    [false, false, true],
    seen,
  );
  assertEquals((await bash`exit 0`()).exitCode, 0);
});

Deno.test("defect: a script reads no input of the toolkit's own", async () => {
  await using _lab = await openLab();
  const read = bash`if read -r line; then echo "got $line"; else echo nothing; fi`.text();
  assertEquals(await gather([read(), read(), read()]), ["nothing", "nothing", "nothing"]);
});

Deno.test("defect: apps of the same name with other texts never share a result", async () => {
  await using lab = await openLab();
  const options = { name: "same", cache: true };
  assertEquals((await bash`echo one`.with(options)()).stdout, "one\n");
  assertEquals((await bash`echo two`.with(options)()).stdout, "two\n");
  assertEquals(await app(() => 1, options)(), 1);
  assertEquals(await app(() => 2, options)(), 2);
  assertEquals(await join(() => next(1), options)(), 2);
  assertEquals(await join(() => next(2), options)(), 3);
  assertEquals(lab.wf.summary().memoized, 0);
});

Deno.test("defect: a changed function runs again, one that only moved does not", async () => {
  await using dir = await tempDir();
  const make = (text: string) => app((0, eval)(`(${text})`) as (x: number) => string, { name: "f", cache: true });
  const go = (text: string) => runIn(dir.path, { resume: true }, async () => await make(text)(1));
  const first = await go("(x) => crypto.randomUUID() + x");
  assertEquals(await go("\n\n  (x) => crypto.randomUUID() + x"), first);
  assertNotEquals(await go("(x) => crypto.randomUUID() + x + 0"), first);
});

Deno.test("defect: a changed module behind a cached app runs again, also when only what it imports changed", async () => {
  await using dir = await tempDir();
  const url = new URL(`file://${dir.path}/tasks.ts`).href;
  await Deno.writeTextFile(
    `${dir.path}/tasks.ts`,
    `import { k } from "./k.ts"; export const f = () => [k, crypto.randomUUID()];`,
  );
  const go = () =>
    runIn(dir.path, { resume: true }, async () => await app<[], [number, string]>(url, "f", { cache: true })());
  await Deno.writeTextFile(`${dir.path}/k.ts`, "export const k = 1;");
  const first = await go();
  assertEquals(await go(), first);
  await Deno.writeTextFile(`${dir.path}/k.ts`, "export const k = 2;");
  assertEquals((await go())[0], 2);
});

Deno.test("defect: equal tasks that are under way together run once", async () => {
  await using lab = await openLab();
  const log = lab.path("log");
  const slow = bash((log: string) => sh`echo ran >> ${log}; sleep 0.1; date +%N`, { cache: true }).text();
  const all = await gather(Array.from({ length: 10 }, () => slow(log)));
  assertEquals([new Set(all).size, await linesOf(log), lab.wf.summary().memoized], [1, ["ran"], 9]);
});

Deno.test("defect: a result that is changed after it was held back is written as it was", async () => {
  await using dir = await tempDir();
  const make = app(() => ({ list: [1] }), { cache: true });
  await runIn(dir.path, { checkpointMode: "exit" }, async () => {
    (await make()).list.push(2);
    assertEquals(await make(), { list: [1] });
  });
  assertEquals(await runIn(dir.path, { resume: true }, async () => await make()), { list: [1] });
});

Deno.test("defect: a cached join that gives a file gives a file again, in the next run too", async () => {
  await using dir = await tempDir();
  const touch = bash((out: OutputFile) => sh`echo made > ${out}`);
  const make = join((path: string) => touch(output(path)).outputs[0]!, { cache: true });
  for (let run = 0; run < 2; run++) {
    await runIn(dir.path, { resume: true }, async () => {
      for (let call = 0; call < 2; call++) {
        const made = await make(`${dir.path}/out`);
        assert(made instanceof InputFile, Deno.inspect(made));
        assertEquals(made.path, `${dir.path}/out`);
      }
    });
  }
});

Deno.test("defect: retries may differ by app, and wait longer each time", async () => {
  await using lab = await openLab({ retries: 0, retryBackoff: { initial: "40ms", factor: 3, jitter: 0 } });
  const recorded = record(lab.wf);
  const flaky = bash((log: string) => sh`echo x >> ${log}; [ "$(wc -l < ${log})" -ge 3 ]`);
  const future = flaky.with({ retries: 2 })(lab.path("a"));
  await future;
  await errorOf(flaky(lab.path("b")));
  assertEquals([future.tries, (await linesOf(lab.path("b"))).length], [3, 1]);
  await lab.wf.close();
  await recorded.end;
  const waits = recorded.events.flatMap((e) => e.kind === "TaskRetried" ? [e.delayMs] : []);
  assertEquals(waits, [40, 120]);
});

Deno.test("defect: a worker that ends fails its own task with the reason, and the others go on", async () => {
  await using lab = await openLab({ executors: [{ kind: "threads", maxThreads: 2 }] });
  const quit = app(() => Deno.exit(3), { name: "quit" });
  const rest = Array.from({ length: 20 }, (_, i) => next(i));
  const error = await failure(quit(), WorkerLostError);
  assertStringIncludes(error.message, `"quit"`);
  assertEquals(error.executor, "threads");
  assertEquals(await gather(rest), Array.from({ length: 20 }, (_, i) => i + 1));
  assertEquals([await next(1), lab.wf.summary().failed], [2, 1]);
});

Deno.test("defect: a key that an executor does not know, an option that there is not: the nearest one is named", async () => {
  await using lab = await openLab();
  // @ts-expect-error the compiler names it as well
  const option = assertThrows(() => next.with({ prioritty: 1 }), ConfigError);
  assertStringIncludes(option.message, `"priority"`);
  const bad = await errorOf(Promise.resolve().then(() => next.with({ resources: { num_tasks: 1 } })(1)));
  assert(bad instanceof Error);
  assertStringIncludes(bad.message, "num_tasks");
  assertEquals(lab.wf.summary().tasks, 0);
});

Deno.test("defect: priority goes first, and equal ones in the order of their calls", async () => {
  await using lab = await openLab({ executors: [{ kind: "threads", maxThreads: 1 }] });
  const log = lab.path("log");
  const gate = bash((path: string) => sh`while [ ! -e ${path} ]; do sleep 0.01; done`)(lab.path("gate"));
  const say = bash((name: string, log: string) => sh`echo ${name} >> ${log}`);
  await until("the only slot is taken", () => gate.state === "running");
  const calls = [["last", undefined], ["b1", 2], ["a1", 1], ["b2", 2], ["a2", 1]] as const;
  const futures = calls.map(([name, priority]) => say.with({ priority })(name, log));
  await Deno.writeTextFile(lab.path("gate"), "");
  await gather(futures);
  assertEquals((await linesOf(log)).filter((line) => line !== calls[0][0]), ["a1", "a2", "b1", "b2"]);
});

Deno.test("defect: the lines of a running script can be followed, and leaving the loop does not stop it", async () => {
  await using lab = await openLab();
  const gate = lab.path("gate");
  const script = bash((gate: string) => sh`echo one; while [ ! -e ${gate} ]; do sleep 0.01; done; echo two`)(gate);
  for await (const line of script.lines()) {
    assertEquals([line, script.state], ["one", "running"]);
    break;
  }
  await Deno.writeTextFile(gate, "");
  assertEquals((await script).stdout, "one\ntwo\n");
  assertEquals(await Array.fromAsync(script.lines()), ["one", "two"]);
});

Deno.test("defect: a missing input of a cached task is no reason to fail before it runs", async () => {
  await using lab = await openLab();
  const size = bash((from: InputFile) => sh`wc -c < ${from}`, { cache: true }).text();
  const path = lab.path("later");
  await errorOf(size(file(path)));
  await Deno.writeTextFile(path, "12345");
  assertEquals(await size(file(path)), "5");
});

Deno.test("defect: Ctrl-C ends a script at once, with all it started, and with the exit status of a signal", async () => {
  await using dir = await tempDir();
  const pids = `${dir.path}/pids`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.resolve("./fixtures/interrupted.ts"), `${dir.path}/runs`, pids],
    stderr: "null",
    stdout: "null",
  }).spawn();
  await until("it runs", () => exists(pids));
  child.kill("SIGINT");
  const began = performance.now();
  const { code } = await child.status;
  assert(performance.now() - began < 8000, "it took its time");
  assertEquals(code, 130);
  const started = (await Deno.readTextFile(pids)).match(/\d+/g)?.map(Number) ?? [];
  assertEquals(started.length, 2);
  await until("all of it is gone", () => !started.some(alive));
});
