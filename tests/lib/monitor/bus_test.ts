import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { EventBus } from "../../../lib/monitor/bus.ts";
import type { EventBody, WorkflowEvent } from "../../../lib/monitor/events.ts";
import { FakeClock } from "../../fake_clock.ts";

function done(task: string): EventBody {
  return { kind: "TaskDone", task, app: "a", durationMs: 1 };
}
function warning(message: string): EventBody {
  return { kind: "Warning", message };
}
function makeBus(): { bus: EventBus; clock: FakeClock } {
  const clock = new FakeClock(1000);
  return { bus: new EventBus("0007", clock), clock };
}
async function readAll(stream: AsyncIterable<WorkflowEvent>): Promise<WorkflowEvent[]> {
  const events: WorkflowEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

Deno.test("EventBus.emit() gives each event its head, in order and without gaps", () => {
  const { bus, clock } = makeBus();
  const events: WorkflowEvent[] = [];
  bus.emit(done("t0"));
  bus.subscribe((e) => events.push(e));
  bus.emit(done("t1"));
  clock.advance(5);
  bus.emit(done("t2"));
  assertEquals(events, [
    { v: 1, seq: 1, at: 1000, run: "0007", kind: "TaskDone", task: "t1", app: "a", durationMs: 1 },
    { v: 1, seq: 2, at: 1005, run: "0007", kind: "TaskDone", task: "t2", app: "a", durationMs: 1 },
  ]);
});

Deno.test("EventBus.wants() follows who listens to what", () => {
  const { bus } = makeBus();
  assertFalse(bus.active || bus.wants("TaskDone"));
  const stop = bus.subscribe(() => {}, ["TaskFailed"]);
  assertEquals([bus.active, bus.wants("TaskFailed"), bus.wants("TaskDone")], [true, true, false]);
  const stopAll = bus.subscribe(() => {});
  assert(bus.wants("TaskDone"));
  stopAll();
  assertFalse(bus.wants("TaskDone"));
  stop();
  stop();
  assertEquals([bus.active, bus.wants("TaskFailed")], [false, false]);
});

Deno.test("EventBus.subscribe() hands over only the kinds that were asked for", () => {
  const { bus } = makeBus();
  const kinds: string[] = [];
  bus.subscribe((e) => kinds.push(e.kind), ["Warning"]);
  bus.subscribe(() => {});
  bus.emit(done("t1"));
  bus.emit(warning("w"));
  assertEquals(kinds, ["Warning"]);
});

Deno.test("EventBus.emit() outlives a sink that throws and tells it once to the others", async () => {
  const { bus } = makeBus();
  const events: WorkflowEvent[] = [];
  bus.subscribe(() => {
    throw new Error("broken sink");
  });
  bus.subscribe(() => Promise.reject(new Error("broken promise")));
  bus.subscribe((e) => events.push(e));
  for (const task of ["t1", "t2", "t3"]) bus.emit(done(task));
  await Promise.resolve();
  assertEquals(events.filter((e) => e.kind === "TaskDone").length, 3);
  const warnings = events.flatMap((e) => e.kind === "Warning" ? [e.message] : []);
  assertEquals(warnings.length, 2);
  assert(warnings[0]?.includes("broken sink") && warnings[1]?.includes("broken promise"));
  assertEquals(events.map((e) => e.seq), [1, 2, 3, 4, 5]);
});

Deno.test("EventBus.emit() shows everyone the same order when a sink emits too", () => {
  const { bus } = makeBus();
  const [first, second]: [number[], number[]] = [[], []];
  bus.subscribe((e) => {
    first.push(e.seq);
    if (e.kind === "TaskDone") bus.emit(warning("from a sink"));
  });
  bus.subscribe((e) => second.push(e.seq));
  bus.emit(done("t1"));
  bus.emit(done("t2"));
  assertEquals(first, [1, 2, 3, 4]);
  assertEquals(second, first);
});

Deno.test("EventBus.stream() hands on what was read late and ends when the bus closes", async () => {
  const { bus } = makeBus();
  const stream = bus.stream();
  bus.emit(done("t1"));
  const all = readAll(stream);
  bus.emit(done("t2"));
  bus.close();
  bus.emit(done("t3"));
  assertEquals((await all).map((e) => e.kind === "TaskDone" && e.task), ["t1", "t2"]);
  assertEquals(await readAll(bus.stream()), []);
});

Deno.test("EventBus.stream() drops the oldest when its reader falls behind and says how many", async () => {
  const { bus } = makeBus();
  const stream = bus.stream({ buffer: 3 });
  for (let i = 1; i <= 5000; i++) bus.emit(done(`t${i}`));
  bus.close();
  const events = await readAll(stream);
  assertEquals(events.map((e) => e.seq), [4997, 4998, 4999, 5000]);
  const [lost] = events;
  assert(lost?.kind === "Warning" && lost.message.startsWith("4997 events were dropped here"));
});

Deno.test("EventBus.stream() serves several reads that wait at once, in order", async () => {
  const { bus } = makeBus();
  const stream = bus.stream();
  const reads = [stream.next(), stream.next(), stream.next()];
  bus.emit(done("t1"));
  bus.emit(done("t2"));
  bus.close();
  assertEquals((await Promise.all(reads)).map((r) => r.done === true ? "end" : r.value.seq), [1, 2, "end"]);
});

Deno.test("EventBus.stream() rejects with the reason of its signal, waiting or not", async () => {
  const { bus } = makeBus();
  const controller = new AbortController();
  const waiting = bus.stream({ signal: controller.signal });
  const full = bus.stream({ signal: controller.signal });
  const read = waiting.next();
  // The one that does not wait has something unread.
  const other = bus.stream();
  controller.abort(new Error("enough"));
  await assertRejects(() => read, Error, "enough");
  await assertRejects(() => full.next(), Error, "enough");
  assertEquals(await full.next(), { done: true, value: undefined });
  await assertRejects(() => bus.stream({ signal: controller.signal }).next(), Error, "enough");
  assert(bus.active);
  await other.return?.();
  assertFalse(bus.active);
});

Deno.test("EventBus.stream() stops listening when its loop is left", async () => {
  const { bus } = makeBus();
  const stream = bus.stream();
  bus.emit(done("t1"));
  for await (const event of stream) {
    assertEquals(event.seq, 1);
    break;
  }
  assertFalse(bus.active);
});

Deno.test("EventBus.stream() refuses a buffer that holds nothing", () => {
  const { bus } = makeBus();
  for (const buffer of [0, -1, 1.5, NaN]) assertThrows(() => bus.stream({ buffer }), RangeError, String(buffer));
  assertFalse(bus.active);
});
