import { assertAlmostEquals, assertEquals } from "@std/assert";
import { RateMeter } from "../../../lib/monitor/rates.ts";
import type { ProgressSnapshot } from "../../../lib/monitor/render_progress.ts";

function at(
  seconds: number,
  done: number,
  waiting = 1000,
  extra: { running?: number; memoized?: number } = {},
): ProgressSnapshot {
  const app = {
    name: "a",
    waiting,
    running: extra.running ?? 2,
    done,
    memoized: extra.memoized ?? 0,
    failed: 0,
    cancelled: 0,
  };
  return { elapsedMs: seconds * 1000, apps: [app], executors: [] };
}

Deno.test("RateMeter.update() follows a speed that changes", () => {
  const meter = new RateMeter();
  let done = 0;
  for (let second = 0; second <= 100; second++) meter.update(at(second, done += 10));
  for (let second = 101; second <= 131; second++) meter.update(at(second, done += 1));
  assertAlmostEquals(meter.update(at(132, done + 1)).get("a") ?? 0, 1, 0.1);
});

Deno.test("RateMeter.update() does not count the wait before an app began, nor results known before", () => {
  const meter = new RateMeter();
  for (let second = 0; second <= 60; second++) meter.update(at(second, 500, 1000, { running: 0, memoized: 500 }));
  let rate: number | undefined;
  for (let second = 61; second <= 70; second++) {
    rate = meter.update(at(second, 500 + (second - 60) * 4, 1000, { memoized: 500 })).get("a");
  }
  assertAlmostEquals(rate ?? 0, 4, 0.5);
});

Deno.test("RateMeter.update() knows slow apps too, and says nothing of those that have ended nothing", () => {
  const meter = new RateMeter();
  for (let second = 0; second <= 600; second++) meter.update(at(second, Math.floor(second / 60)));
  assertAlmostEquals(meter.update(at(601, 10)).get("a") ?? 0, 1 / 60, 0.001);
  assertEquals(new RateMeter().update(at(5, 0)).get("a"), undefined);
});
