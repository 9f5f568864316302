import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { bash } from "../../../lib/apps/bash_app.ts";
import type { Schema } from "../../../lib/apps/spec.ts";
import { sh } from "../../../lib/apps/sh.ts";
import type { ShellEnd } from "../../../lib/command/types.ts";
import {
  BashError,
  CancelledError,
  ResultError,
  TaskTimeoutError,
  UnsupportedError,
  WorkerLostError,
} from "../../../lib/errors/mod.ts";
import { errorOf, exited, openBench } from "./fake_executor.ts";

const run = bash(() => sh`./sim --seed 7`, { name: "sim" });

Deno.test("a bash app gives a BashResult", async () => {
  using bench = openBench();
  const future = run();
  bench.executor.exit(0, "out\n", "err\n");
  assertEquals(await future, { exitCode: 0, stdout: "out\n", stderr: "err\n" });
});

Deno.test("a bash app with files gives their paths, and no text", async () => {
  using bench = openBench();
  const future = run.with({ stdout: "/tmp/o.txt", stderr: { path: "/tmp/e.txt" } })();
  assertEquals([future.stdout, future.stderr], ["/tmp/o.txt", "/tmp/e.txt"]);
  assertEquals(bench.executor.first.script?.stdout, { path: "/tmp/o.txt", append: true });
  assertEquals(bench.executor.first.script?.stderr, { path: "/tmp/e.txt", append: false });
  const end: ShellEnd = { kind: "exited", exitCode: 0, durationMs: 1, stdout: undefined, stderr: undefined, ...TAILS };
  bench.executor.end(bench.executor.first, { kind: "shell", end });
  assertEquals(await future, {
    exitCode: 0,
    stdout: "",
    stderr: "",
    stdoutPath: "/tmp/o.txt",
    stderrPath: "/tmp/e.txt",
  });
});

const TAILS = { stdoutTail: "", stderrTail: "" } as const;

Deno.test("text() is stdout without its last line ends, lines() its lines", async () => {
  using bench = openBench();
  const cases: readonly [string, string, string[]][] = [
    ["", "", []],
    ["a", "a", ["a"]],
    ["a\n", "a", ["a"]],
    ["a\n\n", "a", ["a", ""]],
    ["\na\nb\n", "\na\nb", ["", "a", "b"]],
    ["  a \r\n", "  a \r", ["  a \r"]],
  ];
  for (const [stdout, text, lines] of cases) {
    const both = [run.text()(), run.lines()()] as const;
    bench.executor.exit(0, stdout);
    bench.executor.exit(0, stdout);
    assertEquals([await both[0], await both[1]], [text, lines]);
  }
});

/** A schema as zod would make it, for an object with a number `n`. */
const schema: Schema<{ n: number }> = {
  safeParse(value: unknown): ReturnType<Schema<{ n: number }>["safeParse"]> {
    if (typeof value === "object" && value !== null && "n" in value && typeof value.n === "number") {
      return { success: true, data: { n: value.n + 1 } };
    }
    return { success: false, error: { issues: [{ path: ["n"], message: "expected a number" }] } };
  },
};

Deno.test("json() reads stdout, and a schema makes the result of it", async () => {
  using bench = openBench();
  const [plain, checked] = [run.json()(), run.json(schema)()];
  bench.executor.exit(0, ' {"n": 1}\n');
  bench.executor.exit(0, '{"n": 1}');
  assertEquals([await plain, await checked], [{ n: 1 }, { n: 2 }]);
});

Deno.test("json() of something else fails the task with what it was, once and for all", async () => {
  using bench = openBench({ retries: 3 });
  const [none, bad, long] = [run.json()(), run.json(schema)(), run.json()()];
  bench.executor.exit(0, "not json\n");
  bench.executor.exit(0, '{"n": "1"}');
  bench.executor.exit(0, "x".repeat(5000));
  const [a, b, c] = [await errorOf(none), await errorOf(bad), await errorOf(long)];
  assertInstanceOf(a, ResultError);
  assertStringIncludes(a.message, 'Cannot finish task t1 "sim": its stdout is no JSON:');
  assertStringIncludes(a.message, "stdout:\n  not json");
  assertInstanceOf(b, ResultError);
  assertStringIncludes(b.message, "its stdout does not fit the schema: n: expected a number");
  assertEquals(c.message.length < 500, true);
  assertEquals([none.tries, bad.tries], [1, 1]);
});

Deno.test("text() of an app whose stdout goes to a file is what this try added to it", async () => {
  using bench = openBench({ retries: 1 });
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "from before\n");
  const future = run.text().with({ stdout: path })();
  await Deno.writeTextFile(path, "half of it", { append: true });
  bench.executor.end(bench.executor.first, { kind: "shell", end: exited(1, undefined) });
  assertEquals(future.tries, 2);
  await Deno.writeTextFile(path, "now\n", { append: true });
  bench.executor.end(bench.executor.first, { kind: "shell", end: { ...exited(0), stdout: undefined } as ShellEnd });
  assertEquals(await future, "now");
  const fresh = run.lines().with({ stdout: { path } })();
  await Deno.writeTextFile(path, "a\nb\n");
  bench.executor.end(bench.executor.first, { kind: "shell", end: { ...exited(0), stdout: undefined } as ShellEnd });
  assertEquals(await fresh, ["a", "b"]);
  await Deno.remove(path);
});

Deno.test("text() of a file that is gone fails the task, not the script", async () => {
  using bench = openBench();
  const future = run.text().with({ stdout: "/nowhere/at/all.txt" })();
  bench.executor.end(bench.executor.first, { kind: "shell", end: { ...exited(0), stdout: undefined } as ShellEnd });
  const error = await errorOf(future);
  assertInstanceOf(error, ResultError);
  assertStringIncludes(error.message, "its stdout cannot be read back");
});

Deno.test("an exit code other than 0 is a BashError with everything that is known", async () => {
  using bench = openBench();
  const future = run.with({ cwd: "/tmp", stderr: "/tmp/e.txt" })();
  bench.executor.exit(137, "some output\n", "some words\n");
  const error = await errorOf(future);
  assertInstanceOf(error, BashError);
  assertEquals([error.exitCode, error.signal, error.command, error.retriable], [
    137,
    undefined,
    "./sim --seed 7",
    true,
  ]);
  assert(error.meaning?.includes("out of memory"));
  assertStringIncludes(error.message, 'Cannot finish task t1 "sim": command exited with 137 (');
  assertStringIncludes(error.message, "stderr (/tmp/e.txt):\n  some words");
  assertStringIncludes(error.message, "stdout:\n  some output");
  assertStringIncludes(error.message, "  $ ./sim --seed 7\n  in /tmp");
});

Deno.test("a signal is a BashError that names it", async () => {
  using bench = openBench();
  const future = run();
  const end: ShellEnd = { kind: "signalled", signal: "SIGSEGV", durationMs: 70_000, stdout: "", stderr: "", ...TAILS };
  bench.executor.end(bench.executor.first, { kind: "shell", end });
  const error = await errorOf(future);
  assertInstanceOf(error, BashError);
  assertEquals([error.exitCode, error.signal], [undefined, "SIGSEGV"]);
  assertStringIncludes(error.message, "command ended by SIGSEGV");
  assertStringIncludes(error.message, "after 1m 10s");
});

Deno.test("a walltime is a TaskTimeoutError with the last words of the script", async () => {
  using bench = openBench();
  const future = run.with({ walltime: "90s" })();
  assertEquals(bench.executor.first.walltime, 90);
  const end: ShellEnd = {
    kind: "timeout",
    walltimeMs: 90_000,
    durationMs: 90_001,
    stdout: "step 1\n",
    stderr: "",
    stdoutTail: "step 1\n",
    stderrTail: "",
  };
  bench.executor.end(bench.executor.first, { kind: "shell", end });
  const error = await errorOf(future);
  assertInstanceOf(error, TaskTimeoutError);
  assertEquals(error.walltime, 90);
  assertStringIncludes(error.message, "it ran longer than its walltime of 1m 30s and was stopped\n\nstdout:\nstep 1");
});

Deno.test("a lost shell, a refused script and one that was stopped are what they are", async () => {
  using bench = openBench();
  const [lost, refused, stopped] = [run(), run(), run()];
  const reason = new UnsupportedError("Cannot run scripts with bash 3.2: it is too old");
  bench.executor.end(bench.executor.first, { kind: "shell", end: { kind: "lost", why: "its shell was killed" } });
  bench.executor.end(bench.executor.first, { kind: "shell", end: { kind: "refused", error: reason } });
  const end: ShellEnd = { kind: "cancelled", durationMs: 1, stdout: "", stderr: "", ...TAILS };
  bench.executor.end(bench.executor.first, { kind: "shell", end });
  const error = await errorOf(lost);
  assertInstanceOf(error, WorkerLostError);
  assertStringIncludes(error.message, 'Cannot finish task t1 "sim": its shell was killed');
  assertEquals(await errorOf(refused), reason);
  assertInstanceOf(await errorOf(stopped), CancelledError);
});

Deno.test("a script that came to its end before it could be stopped keeps its result; one that failed is cancelled", async () => {
  using bench = openBench({ retries: 2 });
  bench.executor.endsCancelled = false;
  const [well, badly] = [run.text()(), run.text()()];
  well.cancel();
  badly.cancel();
  bench.executor.exit(0, "done");
  bench.executor.exit(1);
  assertEquals([await well, badly.state], ["done", "cancelled"]);
});
