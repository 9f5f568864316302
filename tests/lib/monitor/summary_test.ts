import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import type { RunCounts } from "../../../lib/monitor/events.ts";
import { renderSummary } from "../../../lib/monitor/summary.ts";

const CLEAN: RunCounts = { tasks: 4, done: 4, memoized: 0, failed: 0, dependencyFailed: 0, cancelled: 0, unseen: 0 };
const BAD: RunCounts = { ...CLEAN, tasks: 9000, done: 8990, memoized: 120, failed: 8, dependencyFailed: 2, unseen: 8 };

function unseen(n: number, app: string, error: string): { task: string; app: string; error: string }[] {
  return Array.from({ length: n }, (_, i) => ({ task: `t${i}`, app, error: error.replaceAll("%", String(i)) }));
}

Deno.test("renderSummary() says nothing of a clean run that showed nothing", () => {
  assertEquals(renderSummary({ counts: CLEAN, durationMs: 100, unseen: [], runDir: "runs/0007", color: true }), "");
});

Deno.test("renderSummary() has one line for a clean run that showed progress", () => {
  assertEquals(
    renderSummary({ counts: CLEAN, durationMs: 3200, unseen: [], run: "0007", shown: true, color: false }),
    "sluice 0007  4 tasks in 3.2s: 4 done\n",
  );
});

Deno.test("renderSummary() says where to look when something failed, even if all was seen", () => {
  assertEquals(
    renderSummary({ counts: BAD, durationMs: 723_000, unseen: [], runDir: "runs/0007/", run: "0007", color: false }),
    "sluice 0007  9,000 tasks in 12m 3s: 8,990 done (120 known before), 8 failed, 2 not run as what they need failed\n" +
      "  run directory runs/0007, log runs/0007/sluice.log\n",
  );
});

Deno.test("renderSummary() groups failures that nobody looked at by app and first line, biggest first", () => {
  const text = renderSummary({
    counts: BAD,
    durationMs: 1000,
    unseen: [
      ...unseen(1, "sort", "no space\nmore of it"),
      ...unseen(9, "align", 'Cannot finish task t% "align": exited with 1 after %.5s'),
    ],
    color: false,
  });
  assertEquals(text.split("\n").slice(1), [
    "  nobody looked at the errors of 10 failed tasks:",
    "    align  exited with 1 after 0.5s  (t0, t1, t2, t3, t4, t5 and 3 more)",
    "    sort  no space  (t0)",
    "  so the exit status of the script will be 1: await the tasks and catch what they throw to have it 0",
    "",
  ]);
});

Deno.test("renderSummary() lists ten groups and counts the rest", () => {
  const failures = Array.from({ length: 14 }, (_, i) => unseen(2, `app_${String.fromCharCode(97 + i)}`, "e")).flat();
  const text = renderSummary({ counts: BAD, durationMs: 1000, unseen: failures, color: false });
  assertEquals(text.split("\n").filter((line) => line.startsWith("    app_")).length, 10);
  assertStringIncludes(text, "    and 8 tasks that failed in 4 other ways\n");
});

Deno.test("renderSummary() speaks of one task as one and lets no text draw", () => {
  const text = renderSummary({ counts: BAD, durationMs: 1, unseen: unseen(1, "a\x1b[2J", "b\x07"), color: false });
  assertStringIncludes(text, "the error of 1 failed task:");
  assertStringIncludes(text, "await the task and catch");
  // deno-lint-ignore no-control-regex
  assertFalse(/[\x00-\x09\x0b-\x1f]/.test(text));
});

Deno.test("renderSummary() of a million unseen failures is quick and short", () => {
  const start = performance.now();
  const text = renderSummary({ counts: BAD, durationMs: 1, unseen: unseen(1_000_000, "a", "exit %"), color: true });
  assert(performance.now() - start < 10_000);
  assert(text.length < 1000, text);
});
