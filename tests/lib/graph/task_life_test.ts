import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import fc from "fast-check";
import { app } from "../../../lib/apps/function_app.ts";
import type { Schema } from "../../../lib/apps/spec.ts";
import { CancelledError, DependencyError, RemoteError } from "../../../lib/errors/mod.ts";
import type { TaskFuture } from "../../../lib/graph/future.ts";
import { isFinal, type TaskState } from "../../../lib/graph/states.ts";
import { type Bench, itemTask, openBench, task } from "./fake_executor.ts";

interface Value {
  readonly of: number;
}

/** What a task should be. */
interface Expected {
  readonly needs: readonly number[];
  readonly kind: "call" | "get";
  readonly retries: number;
  state: TaskState;
  tries: number;
  /** Somebody asked to stop it while it ran, and it has not ended yet. */
  stopping: boolean;
}

/** How the graph should be: the slow and obvious way. */
class Model {
  readonly tasks: Expected[] = [];

  add(needs: readonly number[], kind: Expected["kind"], retries: number): void {
    this.tasks.push({ needs, kind, retries, state: "pending", tries: 0, stopping: false });
    this.settleWhatCan();
  }

  /** The tasks that an executor has. */
  held(): number[] {
    return [...this.tasks.keys()].filter((i) => ["launched", "running"].includes(this.at(i).state));
  }

  at(i: number): Expected {
    const one = this.tasks[i];
    assert(one !== undefined);
    return one;
  }

  settleWhatCan(): void {
    for (const one of this.tasks) {
      if (one.state !== "pending") continue;
      const needs = one.needs.map((i) => this.at(i).state);
      if (needs.some((s) => isFinal(s) && s !== "done")) one.state = "dependencyFailed";
      else if (needs.every((s) => s === "done")) {
        one.state = one.kind === "get" ? "done" : "launched";
        if (one.kind === "call") one.tries++;
      }
    }
  }
}

/** The graph itself, and what was heard of it. */
interface Real {
  readonly bench: Bench;
  readonly futures: TaskFuture<unknown>[];
  /** How often each task was told to be over, by its id. */
  readonly ends: Map<number, number>;
}

type Command = fc.Command<Model, Real>;

const apps = [0, 1, 2].map((retries) =>
  app((...needed: Value[]): Value => ({ of: needed.length }), { name: `retries${retries}`, retries })
);

function remember(real: Real, future: TaskFuture<unknown>): void {
  const { id } = future;
  real.futures.push(future);
  real.ends.set(id, 0);
  task(future).whenOver(() => real.ends.set(id, (real.ends.get(id) ?? 0) + 1));
}

class Call implements Command {
  constructor(readonly picks: readonly number[], readonly retries: number) {}
  check(): boolean {
    return true;
  }
  run(model: Model, real: Real): void {
    const needs = model.tasks.length === 0 ? [] : this.picks.map((p) => p % model.tasks.length);
    // Every future here is one of a Value.
    const args = needs.map((i) => real.futures[i] as TaskFuture<Value>);
    const one = apps[this.retries];
    assert(one !== undefined);
    remember(real, one(...args));
    model.add(needs, "call", this.retries);
    compare(model, real);
  }
  toString(): string {
    return `call(${this.picks}; ${this.retries} retries)`;
  }
}

class Get implements Command {
  constructor(readonly pick: number) {}
  check(model: Readonly<Model>): boolean {
    return model.tasks.length > 0 && model.at(this.pick % model.tasks.length).kind === "call";
  }
  run(model: Model, real: Real): void {
    const need = this.pick % model.tasks.length;
    remember(real, (real.futures[need] as TaskFuture<Value>).get("of"));
    model.add([need], "get", 0);
    compare(model, real);
  }
  toString(): string {
    return `get(${this.pick})`;
  }
}

type How = "begin" | "finish" | "throw" | "lost";

class End implements Command {
  constructor(readonly pick: number, readonly how: How) {}
  check(model: Readonly<Model>): boolean {
    return model.held().length > 0;
  }
  run(model: Model, real: Real): void {
    const held = model.held();
    const index = held[this.pick % held.length];
    assert(index !== undefined);
    const one = model.at(index);
    const { executor } = real.bench;
    const item = [...executor.held].find((i) => i.id === real.futures[index]?.id);
    assert(item !== undefined, "the executor does not hold what it should");
    switch (this.how) {
      case "begin":
        if (one.state === "launched") executor.begin(item);
        one.state = "running";
        break;
      case "finish":
        executor.finish({ of: one.needs.length }, item);
        one.state = "done";
        break;
      case "throw":
      case "lost":
        if (this.how === "throw") executor.fail(new Error("no luck"), item);
        else executor.end(item, { kind: "lost", why: "it died", end: { worker: "w1" } });
        one.state = one.stopping ? "cancelled" : one.tries > one.retries ? "failed" : "launched";
        if (one.state === "launched") one.tries++;
        break;
    }
    model.settleWhatCan();
    compare(model, real);
  }
  toString(): string {
    return `${this.how}(${this.pick})`;
  }
}

class Cancel implements Command {
  constructor(readonly pick: number, readonly atOnce: boolean) {}
  check(model: Readonly<Model>): boolean {
    return model.tasks.length > 0;
  }
  run(model: Model, real: Real): void {
    const index = this.pick % model.tasks.length;
    const one = model.at(index);
    real.bench.executor.endsCancelled = this.atOnce;
    const over = isFinal(one.state);
    assertEquals(real.futures[index]?.cancel("enough"), !over);
    if (one.state === "pending") one.state = "cancelled";
    else if (!over && !one.stopping) {
      if (this.atOnce) one.state = "cancelled";
      else one.stopping = true;
    }
    model.settleWhatCan();
    compare(model, real);
  }
  toString(): string {
    return `cancel(${this.pick}${this.atOnce ? "" : ", and it takes its time"})`;
  }
}

function compare(model: Model, { bench, futures, ends }: Real): void {
  assertEquals(futures.map((f) => f.state), model.tasks.map((t) => t.state));
  assertEquals(futures.map((f) => f.tries), model.tasks.map((t) => t.tries));
  const { kernel, executor } = bench;
  const open = futures.filter((f) => !isFinal(f.state));
  assertEquals([kernel.called, kernel.open], [futures.length, open.length]);
  // Counts always add up.
  const sum = { waiting: 0, launched: 0, done: 0, memoized: 0, failed: 0, dependencyFailed: 0, cancelled: 0 };
  for (const counts of kernel.counts.all()) {
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) {
      assert(counts[key] >= 0);
      sum[key] += counts[key];
    }
  }
  const inState = (...states: TaskState[]): number => futures.filter((f) => states.includes(f.state)).length;
  assertEquals(sum, {
    waiting: inState("pending", "ready", "joining"),
    launched: inState("launched", "running"),
    done: inState("done"),
    memoized: 0,
    failed: inState("failed"),
    dependencyFailed: inState("dependencyFailed"),
    cancelled: inState("cancelled"),
  });
  // Nothing waits on something that is over, and the executor has exactly what is launched.
  const held = [...executor.held].map((i) => i.id).sort();
  assertEquals(held, open.filter((f) => f.state !== "pending").map((f) => f.id).sort());
  for (const [i, future] of futures.entries()) {
    const needs = model.at(i).needs.map((n) => futures[n]);
    const waits = needs.filter((n) => n !== undefined && !isFinal(n.state)).length;
    if (future.state === "pending") assert(waits > 0 && task(future).waitingFor === waits);
    assertEquals(ends.get(future.id), isFinal(future.state) ? 1 : 0);
  }
}

/** Ends what is left, and asks every future what it became. */
async function lookBack(model: Model, { bench, futures, ends }: Real): Promise<void> {
  for (const item of [...bench.executor.held]) bench.executor.finish({ of: 0 }, item);
  while (bench.executor.held.size > 0) bench.executor.finish({ of: 0 });
  await bench.kernel.whenIdle();
  for (const [i, future] of futures.entries()) {
    assertEquals(ends.get(future.id), 1);
    const told: string[] = [];
    const twice = [0, 1].map(() => future.then(() => told.push("value"), () => told.push("error")));
    await Promise.all(twice);
    assertEquals(told, future.state === "done" ? ["value", "value"] : ["error", "error"]);
    const { error } = future;
    switch (future.state) {
      case "done":
        assertEquals(error, undefined);
        break;
      case "failed":
        assert(error instanceof RemoteError || error?.name === "WorkerLostError");
        break;
      case "cancelled":
        assertInstanceOf(error, CancelledError);
        break;
      default: {
        assertInstanceOf(error, DependencyError);
        assertEquals(future.state, "dependencyFailed");
        assert(ancestors(model, i).has(Number(error.root.shortId.slice(1)) - 1));
        assert(["failed", "cancelled"].includes(itemTask(error.root as never).state));
      }
    }
  }
  assertEquals(bench.clock.timers, [], "an idle graph keeps the script alive");
}

function ancestors(model: Model, i: number): Set<number> {
  const found = new Set(model.at(i).needs);
  for (const one of found) for (const need of model.at(one).needs) found.add(need);
  return found;
}

const picks = fc.nat(30);
const commands = [
  fc.tuple(fc.array(picks, { maxLength: 4 }), fc.nat(2)).map(([needs, retries]) => new Call(needs, retries)),
  picks.map((pick) => new Get(pick)),
  fc.tuple(picks, fc.constantFrom<How>("begin", "finish", "finish", "throw", "lost")).map(([p, how]) =>
    new End(p, how)
  ),
  fc.tuple(picks, fc.boolean()).map(([pick, atOnce]) => new Cancel(pick, atOnce)),
];

Deno.test("tasks live as the model says, whatever is called, ended and cancelled in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: "max" }), async (cmds) => {
      using bench = openBench();
      const model = new Model();
      const real: Real = { bench, futures: [], ends: new Map() };
      fc.modelRun(() => ({ model, real }), cmds);
      await lookBack(model, real);
    }),
    { numRuns: 200 },
  );
});

Deno.test("a retry that waits is cancelled, and its timer is called off", () => {
  using bench = openBench({ retries: 3, backoff: { initial: 10, factor: 2, max: 60, jitter: 0 } });
  const { executor, clock } = bench;
  const one = app(() => 1);
  const future = one();
  executor.fail();
  assertEquals([future.state, future.tries, executor.held.size], ["pending", 1, 0]);
  clock.advance(9_999);
  assertEquals(executor.held.size, 0);
  clock.advance(1);
  assertEquals([future.state, future.tries], ["launched", 2]);
  executor.fail();
  clock.advance(19_999);
  assertEquals(future.state, "pending");
  assertEquals(future.cancel(), true);
  assertEquals([future.state, clock.timers.length], ["cancelled", 0]);
  clock.advance(1e6);
  assertEquals(executor.submitted.length, 2);
});

Deno.test("a task that was asked to stop is not tried again, however its try ends", () => {
  using bench = openBench({ retries: 9 });
  const { executor } = bench;
  executor.endsCancelled = false;
  const nothing: Schema<number> = { safeParse: () => ({ success: false, error: { issues: [] } }) };
  const checked = app({ returns: nothing }, () => 1);
  for (const end of [() => executor.fail(), () => executor.end(executor.first, { kind: "timeout" })]) {
    const future = app(() => 1)();
    future.cancel("enough");
    end();
    assertEquals([future.state, future.tries], ["cancelled", 1]);
  }
  const future = checked();
  future.cancel("enough");
  executor.finish(1);
  assertEquals([future.state, executor.held.size], ["cancelled", 0]);
});

Deno.test("cancel() of a graph ends all of it, newest first, and starts nothing", () => {
  using bench = openBench();
  const { kernel, executor } = bench;
  const next = app((x: number) => x + 1);
  const first = next(1);
  const chain = [first];
  for (let i = 0; i < 100; i++) chain.push(next(chain.at(-1) ?? first));
  kernel.cancelAll("dispose", "the end");
  assertEquals(chain.every((f) => f.state === "cancelled"), true);
  assertEquals([executor.submitted.length, kernel.open, kernel.failures.unseen], [1, 0, 0]);
});

Deno.test("a chain of 20,000 failures is told without a deep stack", () => {
  using bench = openBench();
  const next = app((x: number) => x + 1);
  const first = next(1);
  let last = first;
  for (let i = 0; i < 20_000; i++) last = next(last);
  bench.executor.fail(new RangeError("the root"));
  assertEquals([last.state, bench.kernel.open], ["dependencyFailed", 0]);
  assertInstanceOf(last.error, DependencyError);
  assertEquals(last.error.root.shortId, first.state === "failed" ? `t${first.id}` : "");
  assertEquals(last.error.path.length, 20_000);
});

Deno.test("one signal cancels all tasks that have it, and forgets those that are over", () => {
  using bench = openBench();
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>): void => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>): void => {
    listeners--;
    remove(...args);
  };
  const one = app(() => 1, { signal });
  const futures = Array.from({ length: 100 }, () => one());
  assertEquals(listeners, 1);
  for (let i = 0; i < 99; i++) bench.executor.finish();
  assertEquals(listeners, 1);
  bench.executor.finish();
  assertEquals(listeners, 0);
  const late = [one(), one()];
  controller.abort("enough");
  assertEquals([listeners, ...late.map((f) => f.state)], [0, "cancelled", "cancelled"]);
  assertEquals(futures.every((f) => f.state === "done"), true);
});

Deno.test("a signal that was aborted before cancels the task that gets it", async () => {
  using bench = openBench();
  const future = app(() => 1, { signal: AbortSignal.abort("too late") })();
  await Promise.resolve();
  assertEquals([future.state, bench.executor.held.size], ["cancelled", 0]);
});
