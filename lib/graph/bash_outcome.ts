import { checkBy, type Parse } from "../apps/spec.ts";
import { BashError, ResultError, type TaskPlace, TaskTimeoutError } from "../errors/mod.ts";
import type { ShellEnd } from "../command/types.ts";
import type { Outcome } from "../executor.ts";
import { keepFailed } from "./kept.ts";
import type { Task } from "./task.ts";

/** What a bash app gives when it is not asked for its text, lines or JSON. */
export interface BashResult {
  /** Always 0: any other is a `BashError`. */
  readonly exitCode: 0;
  /** What it wrote to stdout; empty when that went to a file. */
  readonly stdout: string;
  /** What it wrote to stderr; empty when that went to a file. */
  readonly stderr: string;
  /** The file stdout went to. */
  readonly stdoutPath?: string;
  /** The file stderr went to. */
  readonly stderrPath?: string;
}

/** What became of a script. */
export type Judged =
  /** The value, and what it was before a schema. */
  | { readonly kind: "value"; readonly value: unknown; readonly raw: unknown }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "other"; readonly outcome: Exclude<Outcome, { kind: "shell" }> };

/** Makes a value or an error of how a script ended. */
export function judgeShell(task: Task, end: ShellEnd, place: TaskPlace): Judged {
  switch (end.kind) {
    case "exited":
      if (end.exitCode !== 0) return { kind: "failed", error: bashError(task, end, place) };
      return end.stdout === undefined ? parseFile(task, end.stderr, place) : parse(task, end.stdout, end.stderr, place);
    case "signalled":
      return { kind: "failed", error: bashError(task, end, place) };
    case "timeout":
      return { kind: "failed", error: new TaskTimeoutError(place, end.walltimeMs / 1000, tails(end)) };
    case "cancelled":
      return { kind: "other", outcome: { kind: "cancelled" } };
    case "lost":
      return { kind: "other", outcome: { kind: "lost", why: end.why, end: { worker: "shell" } } };
    case "refused":
      return { kind: "failed", error: end.error };
  }
}

function tails(end: { readonly stdoutTail: string; readonly stderrTail: string }): string {
  const part = (name: string, text: string): string => text.trim() === "" ? "" : `\n\n${name}:\n${text.trimEnd()}`;
  return part("stderr", end.stderrTail) + part("stdout", end.stdoutTail);
}

type Exited = Extract<ShellEnd, { kind: "exited" | "signalled" }>;

function bashError(task: Task, end: Exited, place: TaskPlace): BashError {
  const script = task.script;
  const kept = keepFailed(task, end);
  return new BashError(place, {
    exitCode: end.kind === "exited" ? end.exitCode : undefined,
    signal: end.kind === "signalled" ? end.signal : undefined,
    command: script?.text ?? "",
    cwd: script?.cwd ?? Deno.cwd(),
    durationMs: end.durationMs,
    stderrTail: end.stderrTail,
    stdoutTail: end.stdoutTail,
    stdoutPath: script?.stdout?.path ?? kept?.stdoutPath,
    stderrPath: script?.stderr?.path ?? kept?.stderrPath,
  }, kept === undefined ? undefined : `run it again by hand: bash ${kept.script}`);
}

/** An app may be asked for its text although that goes to a file: what this try wrote there. */
function parseFile(task: Task, stderr: string | undefined, place: TaskPlace): Judged {
  const path = task.script?.stdout?.path;
  const wanted = task.spec.work.kind === "bash" && task.spec.work.parse.kind !== "result";
  if (path === undefined || !wanted) return parse(task, "", stderr, place);
  let stdout: string;
  try {
    stdout = new TextDecoder().decode(Deno.readFileSync(path).subarray(task.extra?.stdoutFrom));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: "failed", error: new ResultError(place, `its stdout cannot be read back: ${why}`, error) };
  }
  return parse(task, stdout, stderr, place);
}

function parse(task: Task, stdout: string, stderr = "", place: TaskPlace): Judged {
  const how: Parse = task.spec.work.kind === "bash" ? task.spec.work.parse : { kind: "result" };
  switch (how.kind) {
    case "result": {
      const stdoutPath = task.script?.stdout?.path;
      const stderrPath = task.script?.stderr?.path;
      const value: BashResult = {
        exitCode: 0,
        stdout,
        stderr,
        ...(stdoutPath === undefined ? {} : { stdoutPath }),
        ...(stderrPath === undefined ? {} : { stderrPath }),
      };
      return { kind: "value", value, raw: value };
    }
    case "text": {
      const text = stdout.replace(/\n+$/, "");
      return { kind: "value", value: text, raw: text };
    }
    case "lines": {
      const lines = stdout.split("\n");
      if (lines.at(-1) === "") lines.pop();
      return { kind: "value", value: lines, raw: lines };
    }
    case "json":
      return parseJson(stdout, how, place);
  }
}

function parseJson(stdout: string, how: Extract<Parse, { kind: "json" }>, place: TaskPlace): Judged {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch (error) {
    const shown = stdout.length > 200 ? `${stdout.slice(0, 200)}…` : stdout;
    const what = `its stdout is no JSON: ${
      error instanceof Error ? error.message : error
    }\n\nstdout:\n  ${shown.trimEnd()}`;
    return { kind: "failed", error: new ResultError(place, what, error) };
  }
  if (how.schema === undefined) return { kind: "value", value, raw: value };
  const checked = checkBy(how.schema, value);
  if (checked.kind === "fits") return { kind: "value", value: checked.value, raw: value };
  const what = `its stdout does not fit the schema: ${checked.why}`;
  return { kind: "failed", error: new ResultError(place, what) };
}
