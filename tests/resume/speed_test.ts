// deno-lint-ignore-file no-console -- numbers are what it is for.
import { assert, assertEquals } from "@std/assert";
import { app, gather } from "../../mod.ts";
import { openRun, type TempDir, tempDir } from "./helpers.ts";

const noop = app((x: number) => x);

/** Tasks per second. */
async function speed(dir: TempDir, count: number, memoized: number): Promise<number> {
  await using wf = await openRun(dir);
  await noop.with({ cache: false })(0);
  const start = performance.now();
  const values = await gather(Array.from({ length: count }, (_, x) => noop(x)));
  const seconds = (performance.now() - start) / 1000;
  assertEquals(values.length, count);
  assertEquals(wf.summary().memoized, memoized);
  return count / seconds;
}

Deno.test("cache: 5,000 misses and 5,000 hits, at a cost that does not grow with their number", async () => {
  const tell = (what: string, perSecond: number): void => console.log(`${what}: ${Math.round(perSecond)} tasks/s`);
  const costs: Record<string, number> = {};
  for (const count of [1250, 5000]) {
    using dir = tempDir();
    const misses = await speed(dir, count, 0);
    const hits = await speed(dir, count, count);
    tell(`${count} misses`, misses);
    tell(`${count} hits`, hits);
    costs[`misses ${count}`] = 1 / misses;
    costs[`hits ${count}`] = 1 / hits;
    assert(misses > 500 && hits > 500, `${misses} misses/s, ${hits} hits/s`);
  }
  // Quadratic would be four times the cost for each task; a busy machine makes these numbers jump.
  for (const what of ["misses", "hits"]) {
    const [few = 0, many = 0] = [costs[`${what} 1250`], costs[`${what} 5000`]];
    assert(many < 3 * few, `each of 5,000 ${what} cost ${(many / few).toFixed(1)} times that of 1,250`);
  }
});
