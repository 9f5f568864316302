import { assertEquals, assertStringIncludes } from "@std/assert";
import { app, gather, threads, WorkerLostError } from "../../../mod.ts";
import { exists, failure, openLab, record, until } from "../../parsl/helpers.ts";

const square = app((x: number): number => x * x);

/** Fills the heap without ever letting go. */
const fill = app((): number => {
  const kept: number[][] = [];
  for (;;) kept.push(new Array(1000).fill(Math.random()));
}, { name: "fill" });

/** Fills the heap a little in each turn of the event loop. */
const fillSlowly = app(async (): Promise<number> => {
  const kept: number[][] = [];
  for (;;) {
    for (let i = 0; i < 100; i++) kept.push(new Array(1000).fill(Math.random()));
    await new Promise((resolve) => setTimeout(resolve));
  }
}, { name: "fillSlowly" });

/** Fills the heap where only promises are resolved. */
const fillAwaiting = app(async (): Promise<number> => {
  const kept: number[][] = [];
  for (;;) kept.push(await Promise.resolve(new Array(1000).fill(Math.random())));
}, { name: "fillAwaiting" });

for (const [name, eater] of Object.entries({ fill, fillSlowly, fillAwaiting })) {
  Deno.test(`threads: a function that fills the heap is lost, says so, and its worker is replaced (${name})`, async () => {
    await using lab = await openLab({ executors: [threads({ maxThreads: 1, memPerWorker: "128MiB" })] });
    const recorded = record(lab.wf);
    const before = [1, 2, 3].map((x) => square(x));
    const lost = eater();
    const after = [4, 5, 6].map((x) => square(x));
    const error = await failure(lost, WorkerLostError);
    assertStringIncludes(error.message, `"${name}"`);
    assertStringIncludes(error.message, "its worker ran out of memory: the JavaScript heap reached 128 MB");
    assertStringIncludes(error.hint ?? "", "memPerWorker");
    assertEquals([error.executor, error.retriable], ["threads", true]);
    assertEquals(await gather([...before, ...after]), [1, 4, 9, 16, 25, 36]);
    assertEquals(await square(7), 49);
    await lab.wf.close();
    await recorded.end;
    assertEquals(recorded.events.filter((e) => e.kind === "WorkerLost").map((e) => e.worker), [error.end.worker]);
  });
}

Deno.test("threads: process.exit() in a function loses that task alone, with the exit code", async () => {
  await using _lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const leave = app(async (): Promise<number> => {
    const { default: process } = await import("node:process");
    return process.exit(7);
  });
  const before = Array.from({ length: 20 }, (_, x) => square(x));
  const lost = leave();
  const after = Array.from({ length: 20 }, (_, x) => square(x));
  const error = await failure(lost, WorkerLostError);
  assertEquals(error.end.exitCode, 7);
  assertStringIncludes(error.message, "its worker ended with exit code 7 while it ran");
  const squares = Array.from({ length: 20 }, (_, x) => x * x);
  assertEquals(await gather(before), squares);
  assertEquals(await gather(after), squares);
});

Deno.test("threads: an error that comes after its function returned costs neither its value nor a later task", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
  const late = app((x: number): number => {
    setTimeout(() => {
      throw new Error("too late");
    });
    return x;
  });
  const values: number[] = [];
  for (let i = 0; i < 5; i++) values.push(await late(i), await square(i));
  assertEquals(values, Array.from({ length: 5 }, (_, i) => [i, i * i]).flat());
  assertEquals(lab.wf.summary().failed, 0);
});

Deno.test("threads: a worker that dies while others run leaves them alone", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
  const wait = app((mark: string, go: string): string => {
    Deno.writeTextFileSync(mark, "");
    for (;;) {
      try {
        return Deno.readTextFileSync(go);
      } catch {
        // Not yet.
      }
    }
  });
  const leave = app((): number => Deno.exit(1));
  const waiting = wait(lab.path("mark"), lab.path("go"));
  await until("one runs", () => exists(lab.path("mark")));
  for (let i = 0; i < 3; i++) await failure(leave(), WorkerLostError);
  await Deno.writeTextFile(lab.path("written"), "untouched");
  await Deno.rename(lab.path("written"), lab.path("go"));
  assertEquals([await waiting, waiting.tries], ["untouched", 1]);
});
