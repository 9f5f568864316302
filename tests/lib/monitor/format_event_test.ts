import { assertEquals, assertMatch } from "@std/assert";
import type { EventBody, EventKind } from "../../../lib/monitor/events.ts";
import { eventText, formatEvent, FORMATTERS } from "../../../lib/monitor/format_event.ts";

const COUNTS = { tasks: 9000, done: 8997, memoized: 120, failed: 2, dependencyFailed: 1, cancelled: 4, unseen: 2 };

const TEXTS: readonly (readonly [EventBody, string])[] = [
  [
    { kind: "WorkflowOpened", runDir: "runs/0007", executors: ["threads", "htex"] },
    "opened with threads, htex in runs/0007",
  ],
  [
    { kind: "WorkflowClosed", counts: COUNTS, durationMs: 723_000 },
    "closed after 12m 3s: 8,997 done (120 known before), 2 failed, 1 not run as what they need failed, 4 cancelled",
  ],
  [{ kind: "TaskSubmitted", task: "t1", app: "align", waitingFor: 0 }, "t1 align  submitted"],
  [{ kind: "TaskSubmitted", task: "t1", app: "align", waitingFor: 2 }, "t1 align  submitted, waits for 2"],
  [{ kind: "TaskLaunched", task: "t1", app: "align", try: 1, executor: "threads" }, "t1 align  launched on threads"],
  [{ kind: "TaskStarted", task: "t1", app: "align", try: 2, worker: "cn017" }, "t1 align  running on cn017, try 2"],
  [{ kind: "TaskJoining", task: "t1", app: "align", waitingFor: 1 }, "t1 align  joining 1 task"],
  [
    {
      kind: "TaskRetried",
      task: "t1",
      app: "align",
      try: 1,
      error: 'Cannot finish task t1 "align": boom',
      delayMs: 2500,
    },
    "t1 align  try 1 failed, trying again in 2.5s: boom",
  ],
  [
    { kind: "TaskMemoized", task: "t1", app: "align", key: "0123456789abcdef" },
    "t1 align  already known (0123456789ab)",
  ],
  [{ kind: "TaskDone", task: "t1", app: "align", durationMs: 842 }, "t1 align  done in 842ms"],
  [{ kind: "TaskFailed", task: "t1", app: "align", how: "failed", error: "boom" }, "t1 align  failed: boom"],
  [
    {
      kind: "TaskFailed",
      task: "t1",
      app: "align",
      how: "dependencyFailed",
      error: 'Cannot run task t1 "align": it needs t0',
    },
    "t1 align  not run: it needs t0",
  ],
  [
    { kind: "WorkerLost", executor: "threads", worker: "w1", why: "out of memory" },
    "threads  lost worker w1: out of memory",
  ],
  [{ kind: "CheckpointWritten", records: 1200 }, "checkpoint: 1,200 results written"],
  [{ kind: "Warning", message: "disk nearly full" }, "warning: disk nearly full"],
];

Deno.test("formatEvent() has a text for every kind", () => {
  for (const [event, text] of TEXTS) assertEquals(eventText(event.kind, event), text);
  const kinds = Object.keys(FORMATTERS) as EventKind[]; // its keys are exactly the kinds, by its type
  assertEquals(kinds.filter((kind) => !TEXTS.some(([event]) => event.kind === kind)), []);
});

Deno.test("formatEvent() begins with the time of day", () => {
  const line = formatEvent({
    v: 1,
    seq: 1,
    at: new Date(2026, 10, 20, 12, 4, 31, 7).getTime(),
    run: "0007",
    kind: "Warning",
    message: "w",
  });
  assertMatch(line, /^\[12:04:31\.007\] warning: w$/);
});

Deno.test("FORMATTERS cannot lack a kind", () => {
  // @ts-expect-error: a table without all kinds is no table of formatters
  const partial: typeof FORMATTERS = { Warning: (e) => e.message };
  assertEquals(Object.keys(partial), ["Warning"]);
});
