import { assert, assertEquals } from "@std/assert";
import { FailureFeed, likeness } from "../../../lib/monitor/failure_feed.ts";
import type { EventOf } from "../../../lib/monitor/events.ts";
import { registerSecret } from "../../../lib/redact.ts";

function failed(task: string, error: string, app = "align"): EventOf<"TaskFailed"> {
  return { kind: "TaskFailed", task, app, how: "failed", error };
}

Deno.test("FailureFeed.take() shows the first line and the three most telling of the rest", () => {
  const error = [
    'Cannot finish task t42 "align": command exited with 1 after 2.1s',
    "",
    "stderr (/runs/0007/t42/stderr):",
    "  reading reference",
    "  counting",
    "  [E::main] error: no index for ref.fa",
    "",
    "  $ bwa mem ref.fa",
    "  in /work",
    "hint: make the index first",
  ].join("\n");
  assertEquals(new FailureFeed().take(failed("t42", error))?.split("\n"), [
    "t42 align  failed: command exited with 1 after 2.1s",
    "    reading reference",
    "    [E::main] error: no index for ref.fa",
    "    hint: make the index first",
  ]);
});

Deno.test("FailureFeed.take() shows ten that are alike and counts the rest", () => {
  const feed = new FailureFeed();
  let shown = 0;
  for (let i = 0; i < 1000; i++) {
    const error = `Cannot finish task t${i} "align": command exited with 1 after ${i}.${i % 10}s\n\n  $ false`;
    if (feed.take(failed(`t${i}`, error)) !== undefined) shown++;
  }
  assertEquals(shown, 10);
  assert(feed.take(failed("t1", "other", "sort")) !== undefined);
  assertEquals(feed.rest(), ["and 990 more failures of align like this"]);
  assertEquals(feed.rest(), []);
});

Deno.test("FailureFeed.take() stops at fifty of one app even when no two are alike", () => {
  const feed = new FailureFeed();
  const word = (i: number): string => String.fromCharCode(97 + i % 26, 97 + Math.floor(i / 26));
  const texts = Array.from({ length: 200 }, (_, i) => feed.take(failed(`t${i}`, `no file ${word(i)}`)));
  assertEquals(texts.filter((text) => text !== undefined).length, 50);
  assertEquals(feed.rest(), ["and 150 more failures of align"]);
});

Deno.test("FailureFeed.take() says nothing of what failed through others or was cancelled", () => {
  const feed = new FailureFeed();
  assertEquals(feed.take({ ...failed("t1", "e"), how: "dependencyFailed" }), undefined);
  assertEquals(feed.take({ ...failed("t1", "e"), how: "cancelled" }), undefined);
  assertEquals(feed.take({ kind: "TaskDone", task: "t1", app: "a", durationMs: 1 }), undefined);
  assertEquals(feed.rest(), []);
});

Deno.test("FailureFeed.take() tells warnings and lost workers", () => {
  const feed = new FailureFeed();
  assertEquals(feed.take({ kind: "Warning", message: "w" }), "warning: w");
  assertEquals(
    feed.take({ kind: "WorkerLost", executor: "htex", worker: "w1", why: "gone" }),
    "htex  lost worker w1: gone",
  );
});

Deno.test("FailureFeed.take() hides secrets and lets no error draw on the terminal", () => {
  registerSecret("feed-secret-42");
  const text = new FailureFeed().take(failed("t1", "\x1b[2Jboom feed-secret-42\n\x1b]0;x\x07more", "a\x1b[1mb"));
  assertEquals(text, "t1 ab  failed: boom ***\n    more");
});

Deno.test("likeness() is the same for lines that differ in numbers and times only", () => {
  assertEquals(likeness("exited with 1 after 2.1s"), likeness("exited with 1 after 12m 3s"));
  assertEquals(likeness("exited with 1 after 842ms"), likeness("exited with 1 after 1d 3h"));
  assert(likeness("no file a") !== likeness("no file b"));
});
