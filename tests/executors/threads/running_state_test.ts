import { assertEquals } from "@std/assert";
import { app, load } from "../../../mod.ts";

Deno.test("TaskFuture.state says running while a worker runs a function that has no walltime", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await using _wf = await load({ runDir: dir, progress: "off" });
    const words = new Int32Array(new SharedArrayBuffer(4));
    // The worker says that it has begun, and ends when it is told to.
    const wait = app((shared: Int32Array) => {
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
      while (Atomics.load(shared, 0) === 1) Atomics.wait(shared, 0, 1, 1000);
      return "told";
    });
    const future = wait(words);
    while (Atomics.load(words, 0) === 0) await Atomics.waitAsync(words, 0, 0, 1000).value;
    assertEquals(future.state, "running");
    Atomics.store(words, 0, 2);
    Atomics.notify(words, 0);
    assertEquals([await future, future.state], ["told", "done"]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
