import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { EventBus } from "../../../lib/monitor/bus.ts";
import type { WorkflowEvent } from "../../../lib/monitor/events.ts";
import { type Progress, startProgress } from "../../../lib/monitor/progress.ts";
import type { AppProgress } from "../../../lib/monitor/render_progress.ts";
import { FakeClock } from "../../fake_clock.ts";
import { FakeTerminal } from "../../fake_terminal.ts";

class Stage {
  readonly clock = new FakeClock(new Date(2026, 0, 1, 12).getTime());
  readonly bus = new EventBus("0007", this.clock);
  readonly terminal: FakeTerminal;
  readonly progress: Progress;
  app: AppProgress = { name: "align", waiting: 5, running: 2, done: 3, memoized: 0, failed: 0, cancelled: 0 };
  broken = false;

  constructor(options: { columns?: number; rows?: number; isTerminal?: boolean } = {}) {
    this.terminal = new FakeTerminal({ columns: 60, rows: 12, ...options });
    this.progress = startProgress({
      read: () => {
        if (this.broken) throw new Error("no snapshot");
        return {
          elapsedMs: this.clock.monotonic(),
          apps: [this.app],
          executors: [{ label: "threads", busy: 2, slots: 2 }],
        };
      },
      bus: this.bus,
      clock: this.clock,
      terminal: this.terminal,
    });
  }

  fail(task: string, error = `Cannot finish task ${task} "align": boom`): void {
    this.bus.emit({ kind: "TaskFailed", task, app: "align", how: "failed", error });
  }

  finish(): void {
    this.app = { ...this.app, done: 10, waiting: 0, running: 0 };
  }
}

const REGION = [
  "",
  "align    3/10 30% 2 run 5 wait 6.0/s ETA 2s",
  "threads 2/2 busy",
  "total 0s 3/10 30% 2 run 5 wait 6.0/s ETA 2s",
];

Deno.test("startProgress() prints nothing in a run of less than half a second, failures included", () => {
  for (const isTerminal of [true, false]) {
    const stage = new Stage({ isTerminal });
    stage.clock.advance(300);
    stage.fail("t1");
    stage.clock.advance(199);
    stage.progress.stop();
    assertEquals(stage.terminal.writes, []);
    assertEquals(stage.progress.shown, false);
    assertEquals(stage.clock.timers, []);
  }
});

Deno.test("startProgress() draws the region below a free line and takes it away at the end", () => {
  const stage = new Stage();
  stage.clock.advance(500);
  assertEquals(stage.terminal.screen, REGION);
  assert(stage.progress.shown);
  stage.progress.stop();
  stage.progress.stop();
  assertEquals(stage.terminal.screen, []);
  assert(stage.terminal.cursorVisible);
  assertEquals([stage.clock.timers, stage.bus.active], [[], false]);
});

Deno.test("startProgress() redraws at most ten times a second, and only what changed", () => {
  const stage = new Stage();
  stage.clock.advance(500);
  stage.app = { ...stage.app, done: 0, waiting: 8 };
  stage.clock.advance(100);
  const before = stage.terminal.writes.length;
  stage.clock.advance(399);
  assertEquals(stage.terminal.writes.length, before);
  for (let i = 0; i < 1000; i++) {
    stage.app = { ...stage.app, waiting: 1000 + i };
    stage.clock.advance(1);
  }
  const drawn = stage.terminal.writes.length - before;
  assert(drawn >= 9 && drawn <= 11, `drawn ${drawn} times in a second`);
  stage.progress.stop();
});

Deno.test("startProgress() hides and shows the cursor within each single write", () => {
  const stage = new Stage();
  stage.clock.advance(2000);
  stage.fail("t1");
  stage.clock.advance(2000);
  for (const text of stage.terminal.writes) {
    assertEquals(text.split("\x1b[?25l").length, text.split("\x1b[?25h").length);
    assert(text.lastIndexOf("\x1b[?25h") >= text.lastIndexOf("\x1b[?25l"));
  }
  stage.progress.stop();
});

Deno.test("startProgress() sets no timer that keeps the script alive", () => {
  for (const isTerminal of [true, false]) {
    const stage = new Stage({ isTerminal });
    for (let i = 0; i < 5; i++) {
      assertEquals(stage.clock.timers.map((t) => t.keepAlive), [false]);
      stage.clock.advance(400);
    }
    stage.progress.stop();
  }
});

Deno.test("startProgress() prints failures at once above the region, and those of the first moments later", () => {
  const stage = new Stage();
  stage.clock.advance(100);
  stage.fail("t1");
  stage.clock.advance(400);
  assertEquals(stage.terminal.screen, ["[12:00:00.100] t1 align  failed: boom", ...REGION]);
  stage.fail("t2", "boom\nmore\n\nand more");
  assertEquals(stage.terminal.screen, [
    "[12:00:00.100] t1 align  failed: boom",
    "[12:00:00.500] t2 align  failed: boom",
    "    more",
    "    and more",
    ...REGION,
  ]);
  stage.progress.stop();
});

Deno.test("startProgress() keeps all that scrolls away and never draws over it", () => {
  const stage = new Stage({ rows: 8 });
  stage.clock.advance(500);
  for (let i = 1; i <= 9; i++) {
    stage.fail(`t${i}`);
    stage.terminal.print(`line ${i}`);
    stage.clock.advance(100);
  }
  stage.progress.stop();
  assertEquals(
    stage.terminal.transcript.filter((line) => line !== "").map((line) => line.replace(/^\[.*?\] /, "")),
    Array.from({ length: 9 }, (_, i) => [`t${i + 1} align  failed: boom`, `line ${i + 1}`]).flat(),
  );
});

Deno.test("startProgress() gives way to the script's console and comes back below it", async () => {
  const stage = new Stage();
  stage.clock.advance(500);
  stage.terminal.print("from the script");
  stage.terminal.print("and again");
  assertEquals(stage.terminal.screen, ["from the script", "and again"]);
  await Promise.resolve();
  assertEquals(stage.terminal.screen, ["from the script", "and again", ...REGION]);
  stage.progress.stop();
  assertEquals(stage.terminal.screen, ["from the script", "and again"]);
});

Deno.test("startProgress() loses nothing that is written behind its back, not even half a line", () => {
  const stage = new Stage();
  stage.clock.advance(500);
  stage.terminal.printUnseen("from a child\n");
  stage.clock.advance(600);
  stage.terminal.printUnseen("half a ");
  stage.clock.advance(1000);
  stage.terminal.printUnseen("line");
  stage.clock.advance(1000);
  assertEquals(stage.terminal.screen.slice(0, 2), ["from a child", "half a line"]);
  stage.fail("t1");
  stage.progress.stop();
  assertEquals(stage.terminal.screen, ["from a child", "half a line", "[12:00:03.100] t1 align  failed: boom"]);
});

Deno.test("startProgress() survives a window that changes its size", () => {
  const stage = new Stage();
  stage.clock.advance(500);
  stage.terminal.resize(30);
  stage.clock.advance(100);
  assert(stage.terminal.screen.every((line) => line.length < 30));
  assertEquals(stage.terminal.screen.length, 4);
  stage.progress.stop();
});

Deno.test("startProgress() takes the region away while nothing runs", () => {
  const stage = new Stage();
  stage.clock.advance(600);
  const working = stage.app;
  stage.finish();
  stage.clock.advance(900);
  assertEquals(stage.terminal.screen.length, 4);
  stage.clock.advance(200);
  assertEquals(stage.terminal.screen, []);
  stage.app = working;
  stage.clock.advance(100);
  assertEquals(stage.terminal.screen.length, 4);
  stage.progress.stop();
});

Deno.test("startProgress() stops when the script ends", () => {
  const stage = new Stage();
  stage.clock.advance(600);
  stage.terminal.end();
  assertEquals([stage.terminal.screen, stage.clock.timers], [[], []]);
});

Deno.test("startProgress() gives up with a warning when there is nothing to show, and the script goes on", () => {
  const stage = new Stage();
  const events: WorkflowEvent[] = [];
  stage.bus.subscribe((e) => events.push(e));
  stage.clock.advance(600);
  stage.broken = true;
  stage.clock.advance(1000);
  assertEquals(events.map((e) => e.kind === "Warning" && e.message), ["Cannot show progress any more: no snapshot"]);
  assertEquals([stage.terminal.screen, stage.clock.timers], [[], []]);
});

Deno.test("startProgress() counts failures alike after ten and tells the rest at the end", () => {
  const stage = new Stage({ isTerminal: false });
  stage.clock.advance(600);
  for (let i = 0; i < 1000; i++) stage.fail(`t${i}`);
  stage.progress.stop();
  const lines = stage.terminal.text.trimEnd().split("\n");
  assertEquals(lines.length, 11);
  assertEquals(lines[10], "and 990 more failures of align like this");
});

Deno.test("startProgress() writes one line every 30 s where nothing can be redrawn", () => {
  const stage = new Stage({ isTerminal: false });
  stage.app = { ...stage.app, done: 1204, waiting: 7791, failed: 3 };
  stage.clock.advance(29_999);
  assertEquals(stage.terminal.text, "");
  stage.clock.advance(1);
  assertEquals(stage.terminal.text, "sluice 0007  30s  1,204 of 9,000 tasks done, 3 failed, 2 running\n");
  stage.clock.advance(60_000);
  assertEquals(stage.terminal.text.split("\n").length - 1, 3);
  stage.finish();
  stage.clock.advance(300_000);
  assertMatch(stage.terminal.text, /\nsluice 0007 {2}2m 0s {2}10 of 13 tasks done, 3 failed\n$/);
  stage.progress.stop();
  // deno-lint-ignore no-control-regex
  assert(!/\x1b/.test(stage.terminal.writes.join("")));
});

Deno.test("startProgress() leaves on the screen exactly what others wrote, whatever the order of things", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("print" as const), n: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ do: fc.constant("unseen" as const), n: fc.constant(1) }),
    fc.record({ do: fc.constant("fail" as const), n: fc.constant(1) }),
    fc.record({ do: fc.constant("advance" as const), n: fc.integer({ min: 100, max: 1500 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 3, max: 14 }), async (steps, rows) => {
      const stage = new Stage({ rows });
      stage.clock.advance(500);
      const expected: string[] = [];
      let number = 0;
      for (const { do: what, n } of steps) {
        if (what === "advance") stage.clock.advance(n);
        else if (what === "fail") {
          stage.fail(`t${++number}`, `word${String.fromCharCode(97 + number % 26, 97 + number)}`);
          expected.push(`failed: word`);
        } else if (what === "unseen") {
          stage.terminal.printUnseen(`child ${++number}\n`);
          stage.clock.advance(1100);
          expected.push(`child ${number}`);
        } else {
          for (let i = 0; i < n; i++) stage.terminal.print(`script ${++number}`), expected.push(`script ${number}`);
        }
        await Promise.resolve();
      }
      stage.progress.stop();
      const lines = stage.terminal.transcript.filter((line) => line !== "").map((line) =>
        line.replace(/^\[.*?\] t\d+ align {2}(failed: word).*$/, "$1")
      );
      assertEquals(lines.filter((line) => !line.startsWith("and ")), expected);
    }),
    { numRuns: 60 },
  );
});
