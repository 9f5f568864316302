import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "./fake_clock.ts";

Deno.test("FakeClock.advance() calls timers in order, each at its own time, also those set meanwhile", () => {
  const clock = new FakeClock(1000);
  const seen: [string, number, number][] = [];
  clock.after(20, () => seen.push(["b", clock.monotonic(), clock.now()]));
  clock.after(10, () => {
    seen.push(["a", clock.monotonic(), clock.now()]);
    clock.after(5, () => seen.push(["c", clock.monotonic(), clock.now()]));
  });
  clock.after(20, () => seen.push(["d", clock.monotonic(), clock.now()]));
  clock.advance(19);
  assertEquals(seen, [["a", 10, 1010], ["c", 15, 1015]]);
  clock.advance(1);
  assertEquals(seen.slice(2), [["b", 20, 1020], ["d", 20, 1020]]);
  assertEquals(clock.timers, []);
});

Deno.test("FakeClock.after() can be called off and tells whether it keeps the script alive", () => {
  const clock = new FakeClock();
  let calls = 0;
  const cancel = clock.after(10, () => calls++, { keepAlive: false });
  assertEquals(clock.timers.map((t) => [t.at, t.keepAlive]), [[10, false]]);
  cancel();
  clock.advance(100);
  assertEquals(calls, 0);
});

Deno.test("FakeClock.advanceAsync() lets who sleeps in a loop run on", async () => {
  const clock = new FakeClock();
  let rounds = 0;
  const loop = (async () => {
    while (rounds < 5) {
      await clock.sleep(10);
      rounds++;
    }
  })();
  await clock.advanceAsync(35);
  assertEquals(rounds, 3);
  await clock.advanceAsync(15);
  await loop;
  assertEquals(rounds, 5);
});

Deno.test("FakeClock.sleep() rejects with the reason of its signal and leaves no timer", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleeping = clock.sleep(10, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => sleeping, Error, "enough");
  await assertRejects(async () => await clock.sleep(10, { signal: controller.signal }), Error, "enough");
  assertEquals(clock.timers, []);
});

Deno.test("FakeClock.jump() moves the time of day alone", () => {
  const clock = new FakeClock(1000);
  clock.jump(-500);
  assertEquals([clock.now(), clock.monotonic()], [500, 0]);
});
