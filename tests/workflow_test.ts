import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  bash,
  CancelledError,
  CheckpointError,
  type ConfigInput,
  join,
  load,
  type Workflow,
  WorkflowError,
  type WorkflowEvent,
} from "../mod.ts";

const square = app((x: number): number => x * x, { name: "square" });
const bad = app((): number => {
  throw new RangeError("no luck");
}, { name: "bad" });
/** Waits until a word of shared memory is not 0. */
const hold = app((words: Int32Array): number => {
  Atomics.wait(words, 0, 0);
  return 7;
}, { name: "hold" });

function shared(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4));
}
function release(words: Int32Array<SharedArrayBuffer>): void {
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
}

interface Opened extends AsyncDisposable {
  readonly wf: Workflow;
  readonly dir: string;
}

async function open(config: ConfigInput = {}): Promise<Opened> {
  const dir = await Deno.makeTempDir();
  const wf = await load({
    runDir: `${dir}/runs`,
    progress: "off",
    executors: [{ kind: "threads", maxThreads: 2 }],
    ...config,
  });
  return {
    wf,
    dir,
    async [Symbol.asyncDispose](): Promise<void> {
      wf.cancel("the test is over");
      await wf.close();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

async function namesIn(dir: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(dir), (entry) => entry.name);
  return names.sort();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("load() makes the newest workflow the current one; closing it brings the one before back", async () => {
  await using outer = await open();
  await square(1);
  await using inner = await open();
  await square(2);
  await square(3);
  await inner.wf.close();
  await square(4);
  assertEquals([outer.wf.summary().tasks, inner.wf.summary().tasks], [2, 2]);
});

Deno.test("load(): closing an older workflow leaves the newest current", async () => {
  await using outer = await open();
  await using inner = await open();
  await outer.wf.close();
  await square(1);
  assertEquals([outer.wf.summary().tasks, inner.wf.summary().tasks], [0, 1]);
});

Deno.test("load() that fails leaves nothing behind: the one before is current, and the next one opens", async () => {
  await using outer = await open();
  const nowhere = { runDir: `${outer.dir}/other`, progress: "off", resume: `${outer.dir}/no/such/run` } as const;
  await assertRejects(() => load(nowhere), CheckpointError, "no/such/run");
  await square(1);
  assertEquals(outer.wf.summary().tasks, 1);
  assertEquals(await namesIn(`${outer.dir}/other`), []);
  await using next = await open();
  assertEquals(await square(2), 4);
  assertEquals(next.wf.summary().tasks, 1);
});

Deno.test("Workflow numbers its runs, and each has a directory of its own", async () => {
  const dir = await Deno.makeTempDir();
  for (const run of ["0001", "0002"]) {
    await using wf = await load({ runDir: dir, progress: "off" });
    assertEquals(wf.run, run);
    assert(wf.runDir?.endsWith(`/${run}`));
    assert((await Deno.stat(`${dir}/${run}`)).isDirectory);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("Workflow refuses a future of another one by name, and calls nothing", async () => {
  await using outer = await open();
  const foreign = square(3);
  await using inner = await open();
  const error = assertThrows(() => square(foreign), WorkflowError);
  assertStringIncludes(error.message, `of workflow ${outer.wf.run} in app "square" of workflow ${inner.wf.run}`);
  assertStringIncludes(error.hint ?? "", "await it and pass its value");
  assertEquals(inner.wf.summary().tasks, 0);
  assertEquals(await square(await foreign), 81);
});

Deno.test("Workflow.wait() resolves when nothing is left, also of what tasks have called, and never rejects", async () => {
  await using opened = await open();
  const { wf } = opened;
  await wf.wait();
  const failed = bad();
  const more = join((n: number) => [square(n), join(() => [square(n + 1)])()])(square(2));
  await wf.wait();
  assertEquals([failed.state, more.state, wf.summary().done], ["failed", "done", 5]);
  assertInstanceOf(failed.error, Error);
  assertEquals(await more, [16, [25]]);
});

Deno.test("Workflow.wait() goes on waiting for what is called meanwhile", async () => {
  await using opened = await open();
  const [words, later] = [shared(), shared()];
  const first = hold(words);
  let waited = false;
  const waiting = opened.wf.wait().then(() => waited = true);
  const second = hold(later);
  release(words);
  await first;
  await turn();
  assertEquals(waited, false);
  release(later);
  await second;
  assertEquals(await waiting, true);
});

Deno.test("Workflow.cancel() ends all there is with the reason, and the workflow goes on", async () => {
  await using opened = await open();
  const { wf } = opened;
  const futures = [
    ...Array.from({ length: 20 }, () => hold(shared())),
    bash`sleep 1000`(),
    square(square(hold(shared()))),
  ];
  wf.cancel("enough of it");
  for (const future of futures) {
    const error = await assertRejects(() => future.then(), CancelledError);
    assertEquals([error.by, error.message.includes("enough of it")], ["user", true]);
  }
  assertEquals([await square(3), wf.summary().unseen], [9, 0]);
});

Deno.test("Workflow.events() tells what happens, in order and without gaps, until the workflow closes", async () => {
  await using opened = await open({ retries: 1 });
  const { wf } = opened;
  const all: WorkflowEvent[] = [];
  const reading = (async () => {
    for await (const event of wf.events()) all.push(event);
  })();
  await square(2);
  await bad().catch(() => {});
  await join(() => [square(1)])();
  await wf.close();
  await reading;
  assertEquals(all.map((e) => e.seq), all.map((_, i) => (all[0]?.seq ?? 0) + i));
  assert(all.every((e) => e.v === 1 && e.run === wf.run && typeof e.at === "number"));
  const of = (task: string): string[] => all.flatMap((e) => "task" in e && e.task === task ? [e.kind] : []);
  const begins = (kinds: string[]): string[] => kinds.filter((k) => k !== "TaskStarted");
  assertEquals(begins(of("t1")), ["TaskSubmitted", "TaskLaunched", "TaskDone"]);
  assertEquals(begins(of("t2")), ["TaskSubmitted", "TaskLaunched", "TaskRetried", "TaskLaunched", "TaskFailed"]);
  assertEquals(of("t3"), ["TaskSubmitted", "TaskJoining", "TaskDone"]);
  assertEquals(all.at(-1)?.kind, "WorkflowClosed");
});

Deno.test("Workflow.events() ends with its signal, with a break and with a closed workflow", async () => {
  await using opened = await open();
  const { wf } = opened;
  const controller = new AbortController();
  const events = wf.events({ signal: controller.signal });
  const next = events.next();
  controller.abort(new Error("enough"));
  await assertRejects(() => next, Error, "enough");
  square(1);
  for await (const event of wf.events()) {
    assertEquals("app" in event && event.app, "square");
    break;
  }
  await wf.close();
  assertEquals(await Array.fromAsync(wf.events()), []);
});

Deno.test("Workflow.summary() counts every task once", async () => {
  await using opened = await open();
  const { wf } = opened;
  const failed = bad();
  const dependent = square(failed);
  const cancelled = hold(shared());
  cancelled.cancel();
  const cached = square.with({ cache: true });
  await cached(5);
  await cached(5);
  await Promise.allSettled([failed, cancelled]);
  const { seconds, run, runDir, ...counts } = wf.summary();
  assertEquals(counts, {
    tasks: 5,
    done: 2,
    memoized: 1,
    failed: 1,
    dependencyFailed: 1,
    cancelled: 1,
    unseen: 1,
  });
  assertEquals([run, runDir, seconds > 0 && seconds < 600], [wf.run, wf.runDir, true]);
  assertInstanceOf(dependent.error, Error);
  assertEquals(wf.summary().unseen, 0);
});

Deno.test("Workflow.executors says how busy each is", async () => {
  await using opened = await open({ executors: [{ kind: "threads", label: "here", maxThreads: 1 }] });
  const words = shared();
  const held = [hold(words), hold(words), hold(words)];
  await turn();
  const [status] = opened.wf.executors;
  assertEquals([status?.label, status?.kind, status?.slots], ["here", "threads", 1]);
  assertEquals((status?.busy ?? 0) + (status?.queued ?? 0) >= 3, true);
  release(words);
  await Promise.all(held);
  await opened.wf.wait();
  assertEquals(opened.wf.executors.map((e) => [e.busy, e.queued, e.running.size]), [[0, 0, 0]]);
});

Deno.test("Workflow.checkpoint() writes what is held back and says how much that was", async () => {
  await using opened = await open({ checkpointMode: "manual", cache: true });
  const { wf, dir } = opened;
  await Promise.all([square(1), square(2), square(2)]);
  assertEquals(await wf.checkpoint(), 2);
  assertEquals(await wf.checkpoint(), 0);
  await square(3);
  await wf.close();
  await using next = await open({ cache: true, runDir: `${dir}/runs`, resume: true });
  await Promise.all([1, 2, 3].map((x) => square(x)));
  assertEquals(next.wf.summary().memoized, 2);
});

Deno.test("Workflow.close() waits for its tasks, and does it once", async () => {
  await using opened = await open();
  const { wf } = opened;
  const words = shared();
  const future = hold(words);
  let closed = 0;
  const closing = [wf.close(), wf.close(), wf[Symbol.asyncDispose]()].map((c) => c.then(() => closed++));
  await turn();
  assertEquals([closed, future.state === "done"], [0, false]);
  release(words);
  await Promise.all(closing);
  assertEquals([await future, closed], [7, 3]);
  await wf.close();
  await wf.wait();
});

Deno.test("Workflow.close() lets joins that are under way call what they need", async () => {
  await using opened = await open();
  const words = shared();
  const future = join(async () => {
    await hold(words);
    return [square(4)];
  })();
  const closing = opened.wf.close();
  release(words);
  await closing;
  assertEquals(await future, [16]);
});

Deno.test("Workflow that is closed refuses joins of its own further calls", async () => {
  await using _outer = await open();
  await using opened = await open({ exitMode: "cancel" });
  const gate = Promise.withResolvers<void>();
  const told = Promise.withResolvers<unknown>();
  join(async () => {
    await gate.promise;
    try {
      return [square(1)];
    } catch (error) {
      told.resolve(error);
      return [];
    }
  })();
  await opened.wf.close();
  gate.resolve();
  assertInstanceOf(await told.promise, WorkflowError);
});

Deno.test("Workflow with exitMode cancel cancels what is left when it closes", async () => {
  await using opened = await open({ exitMode: "cancel" });
  const futures = [hold(shared()), hold(shared()), hold(shared()), bash`sleep 1000`()];
  await opened.wf.close();
  for (const future of futures) {
    assertEquals((await assertRejects(() => future.then(), CancelledError)).by, "dispose");
  }
  assertEquals(opened.wf.summary().unseen, 0);
});
