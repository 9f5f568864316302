import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { EventBus } from "../../../lib/monitor/bus.ts";
import { openJsonl } from "../../../lib/monitor/jsonl.ts";
import { openLogFile } from "../../../lib/monitor/log_file.ts";
import { registerSecret } from "../../../lib/redact.ts";
import { FakeClock } from "../../fake_clock.ts";

class Desk implements Disposable {
  readonly runDir = Deno.makeTempDirSync();
  readonly clock = new FakeClock(new Date(2026, 0, 1, 12).getTime());
  readonly bus = new EventBus("0007", this.clock);
  readonly problems: string[] = [];
  readonly onProblem = (message: string): void => {
    this.problems.push(message);
  };

  read(name = "sluice.log"): string {
    try {
      return Deno.readTextFileSync(join(this.runDir, name));
    } catch {
      return "";
    }
  }

  fail(task: string, how: "failed" | "cancelled" = "failed"): void {
    this.bus.emit({ kind: "TaskFailed", task, app: "align", how, error: "boom\n\n  $ false" });
  }

  done(task: string): void {
    this.bus.emit({ kind: "TaskDone", task, app: "align", durationMs: 5 });
  }

  [Symbol.dispose](): void {
    this.bus.close();
    Deno.removeSync(this.runDir, { recursive: true });
  }
}

Deno.test("openLogFile() writes what matters, with the day and all lines of an error", () => {
  using desk = new Desk();
  const log = openLogFile(desk);
  desk.bus.emit({ kind: "WorkflowOpened", runDir: "runs/0007", executors: ["threads"] });
  desk.done("t1");
  desk.fail("t2");
  desk.fail("t3", "cancelled");
  desk.clock.advance(24 * 3_600_000);
  desk.bus.emit({ kind: "Warning", message: "w" });
  log.close();
  const lines = desk.read().split("\n");
  assertMatch(lines[0] ?? "", /^--- sluice 0007, 2026-01-01, UTC[+-]\d\d:\d\d ---$/);
  assertMatch(lines[5] ?? "", /^--- sluice 0007, 2026-01-02, UTC/);
  assertEquals([...lines.slice(1, 5), ...lines.slice(6)], [
    "[12:00:00.000] opened with threads in runs/0007",
    "[12:00:00.000] t2 align  failed: boom",
    "",
    "      $ false",
    "[12:00:00.000] warning: w",
    "",
  ]);
  assertEquals([desk.clock.timers, desk.problems, desk.bus.active], [[], [], false]);
});

Deno.test("openLogFile() asks for no event that it would not write", () => {
  using desk = new Desk();
  const log = openLogFile(desk);
  assertEquals([desk.bus.wants("TaskDone"), desk.bus.wants("TaskSubmitted"), desk.bus.wants("TaskFailed")], [
    false,
    false,
    true,
  ]);
  log.close();
  const full = openLogFile({ ...desk, bus: desk.bus, level: "debug" });
  assert(desk.bus.wants("TaskDone"));
  desk.done("t1");
  desk.fail("t3", "cancelled");
  full.close();
  assertStringIncludes(desk.read(), "t1 align  done in 5ms\n");
  assertStringIncludes(desk.read(), "t3 align  cancelled: boom\n");
});

Deno.test("openLogFile() writes a failure at once, a burst of them in few writes, the rest after a second", () => {
  using desk = new Desk();
  const log = openLogFile({ ...desk, bus: desk.bus, level: "debug" });
  desk.done("t1");
  assertEquals(desk.read(), "");
  assertEquals(desk.clock.timers.map((t) => t.keepAlive), [false]);
  desk.clock.advance(999);
  assertEquals(desk.read(), "");
  desk.clock.advance(1);
  assertStringIncludes(desk.read(), "t1 align");
  desk.clock.advance(500);
  desk.fail("t2");
  assertStringIncludes(desk.read(), "t2 align");
  for (let i = 3; i < 300; i++) desk.fail(`t${i}`);
  assert(!desk.read().includes("t3 align"));
  desk.clock.advance(100);
  assertStringIncludes(desk.read(), "t299 align");
  log.close();
  assertEquals(desk.clock.timers, []);
});

Deno.test("openLogFile() complains once when its directory is removed, and the run goes on", () => {
  using desk = new Desk();
  const log = openLogFile(desk);
  desk.fail("t1");
  Deno.removeSync(desk.runDir, { recursive: true });
  for (let i = 2; i < 50; i++) {
    desk.clock.advance(1000);
    desk.fail(`t${i}`);
  }
  assertEquals(desk.problems.length, 1);
  assertMatch(desk.problems[0] ?? "", /^Cannot write .*sluice\.log: .*No such file.* \(the run goes on without it\)$/);
  Deno.mkdirSync(desk.runDir);
  desk.clock.advance(1000);
  desk.fail("t50");
  log.close();
  assertStringIncludes(desk.read(), "(48 lines could not be written here)\n[");
  assertStringIncludes(desk.read(), "t50 align");
});

Deno.test({
  name: "openLogFile() complains once when the disk is full (needs Linux)",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    using desk = new Desk();
    Deno.symlinkSync("/dev/full", join(desk.runDir, "sluice.log"));
    const log = openLogFile(desk);
    for (let i = 0; i < 5; i++) {
      desk.fail(`t${i}`);
      desk.clock.advance(1000);
    }
    log.close();
    assertEquals(desk.problems.length, 1);
    assertStringIncludes(desk.problems[0] ?? "", "No space left");
  },
});

Deno.test("openLogFile() writes no secrets and no escape codes", () => {
  using desk = new Desk();
  registerSecret("log-secret-42");
  const log = openLogFile(desk);
  desk.bus.emit({ kind: "Warning", message: "token log-secret-42 \x1b[31mred\x1b[0m" });
  log.close();
  assertStringIncludes(desk.read(), "warning: token *** red\n");
});

Deno.test("openJsonl() writes every event as one line of JSON without secrets", () => {
  using desk = new Desk();
  registerSecret('json-"secret"-42');
  const sink = openJsonl(desk);
  desk.done("t1");
  desk.bus.emit({ kind: "Warning", message: 'say json-"secret"-42\nand more' });
  sink.close();
  const events: unknown[] = desk.read("events.jsonl").trimEnd().split("\n").map((line) => JSON.parse(line));
  const head = { v: 1, at: desk.clock.now(), run: "0007" };
  assertEquals(events, [
    { ...head, seq: 1, kind: "TaskDone", task: "t1", app: "align", durationMs: 5 },
    { ...head, seq: 2, kind: "Warning", message: "say ***\nand more" },
  ]);
});
