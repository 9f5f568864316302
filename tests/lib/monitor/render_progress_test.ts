import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type AppProgress, type ProgressSnapshot, renderProgress } from "../../../lib/monitor/render_progress.ts";
import { textWidth } from "../../../lib/monitor/text_width.ts";

function app(name: string, counts: Partial<AppProgress> = {}): AppProgress {
  return { name, waiting: 0, running: 0, done: 0, memoized: 0, failed: 0, cancelled: 0, ...counts };
}
const SNAPSHOT: ProgressSnapshot = {
  elapsedMs: 63_000,
  apps: [
    app("align", { waiting: 384, running: 8, done: 812, failed: 3 }),
    app("sort", { waiting: 10, done: 1204, memoized: 944, cancelled: 2 }),
    app("解析する", { done: 7 }),
  ],
  executors: [{ label: "threads", busy: 2, slots: 2 }, { label: "htex", busy: 14, slots: 1032 }],
};

Deno.test("renderProgress() has a line for each app, one for the executors and one for everything", () => {
  assertEquals(renderProgress(SNAPSHOT, 140, false), [
    "align          812/1,207   67%  8 running  384 waiting                                 3 failed   13/s  ETA 31s",
    "sort         1,204/1,216   99%              10 waiting  944 known before  2 cancelled            4.1/s   ETA 3s",
    "解析する             7/7  100%",
    "threads 2/2 busy  htex 14/1,032 busy",
    "total 1m 3s  2,023/2,430   83%  8 running  394 waiting  944 known before  2 cancelled  3 failed   17/s  ETA 31s",
  ]);
});

Deno.test("renderProgress() gives up columns where the terminal is narrow", () => {
  assertEquals(renderProgress(SNAPSHOT, 80, false), [
    "align          812/1,207  8 running  384 waiting  3 failed  ETA 31s",
    "sort         1,204/1,216              10 waiting             ETA 3s",
    "解析する             7/7",
    "threads 2/2 busy  htex 14/1,032 busy",
    "total 1m 3s  2,023/2,430  8 running  394 waiting  3 failed  ETA 31s",
  ]);
  assertEquals(renderProgress(SNAPSHOT, 40, false), [
    "align         812/1,207 8 run 3 fail",
    "sort        1,204/1,216",
    "解析する            7/7",
    "threads 2/2 busy  htex 14/1,032 busy",
    "total 1m 3s 2,023/2,430 8 run 3 fail",
  ]);
  assertEquals(renderProgress(SNAPSHOT, 12, false)[1], "sort");
  assertEquals(renderProgress(SNAPSHOT, 8, false)[3], "thread…");
});

Deno.test("renderProgress() collapses the quietest of many apps", () => {
  const apps = Array.from({ length: 40 }, (_, i) => app(`step_${i}`, { done: 10, waiting: i }));
  apps[3] = app("failing", { done: 1, failed: 1 });
  apps[5] = app("busy", { running: 1 });
  const lines = renderProgress({ ...SNAPSHOT, apps }, 100, false);
  assertEquals(lines.length, 12 + 2);
  assertEquals(lines.map((line) => line.split(" ")[0]), [
    "failing",
    "busy",
    ...Array.from({ length: 9 }, (_, i) => `step_${31 + i}`),
    "and",
    "threads",
    "total",
  ]);
  assertStringIncludes(lines[11] ?? "", "and 29 more apps:");
  assertStringIncludes(lines[11] ?? "", "290/");
});

Deno.test("renderProgress() fits into the lines there are", () => {
  const apps = Array.from({ length: 8 }, (_, i) => app(`step_${i}`, { waiting: 1 }));
  for (const maxLines of [1, 2, 3, 5, 9, 10, 11]) {
    const lines = renderProgress({ ...SNAPSHOT, apps }, 100, false, { maxLines });
    assert(lines.length <= maxLines, `${lines.length} > ${maxLines}`);
    assert(lines.at(-1)?.startsWith("total"));
  }
});

Deno.test("renderProgress() takes the rates it is given, and has no end in sight while an app has none", () => {
  const apps = [app("a", { done: 10, waiting: 90 }), app("b", { waiting: 5 })];
  const [a, b, total] = renderProgress({ elapsedMs: 1000, apps, executors: [] }, 100, false, {
    rates: new Map([["a", 0.5]]),
  });
  assert(a?.endsWith("30/min  ETA 3m 0s"), a);
  assert(b?.endsWith("5 waiting"), b);
  assert(total?.endsWith("30/min"), total);
});

Deno.test("renderProgress() colours only when asked and never widens a line by it", () => {
  const plain = renderProgress(SNAPSHOT, 80, false);
  const painted = renderProgress(SNAPSHOT, 80, true);
  // deno-lint-ignore no-control-regex
  assertEquals(painted.map((line) => line.replace(/\x1b\[\d+m/g, "").trimEnd()), plain);
  assertStringIncludes(painted[0] ?? "", "\x1b[31m");
});

Deno.test("renderProgress() is never wider than the terminal less one, whatever the names and numbers", () => {
  const counts = fc.record({
    name: fc.string({ unit: "grapheme", maxLength: 60 }),
    waiting: fc.nat(),
    running: fc.nat(),
    done: fc.nat(),
    memoized: fc.nat(),
    failed: fc.nat(),
    cancelled: fc.nat(),
  });
  const executors = fc.array(fc.record({ label: fc.string(), busy: fc.nat(), slots: fc.nat() }), { maxLength: 4 });
  fc.assert(fc.property(
    fc.nat(),
    fc.array(counts, { maxLength: 20 }),
    executors,
    fc.nat(200),
    (elapsedMs, apps, executors, width) => {
      const lines = renderProgress({ elapsedMs, apps, executors }, width, false);
      for (const line of lines) {
        assert(textWidth(line) <= Math.max(0, width - 1), `${JSON.stringify(line)} is wider than ${width - 1}`);
        assert(!line.includes("\n"));
      }
    },
  ));
});
