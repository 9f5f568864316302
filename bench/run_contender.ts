import { systemClock } from "../lib/clock.ts";
import type { Contender } from "./case.ts";
import { errorLine, lastLine } from "./text.ts";

/** What one run of a contender gave, or why it gave nothing. */
export type RunResult =
  | { readonly kind: "numbers"; readonly numbers: Readonly<Record<string, number>> }
  | { readonly kind: "failed"; readonly why: string };

/** Milliseconds after which a run has failed. */
const LIMIT = 180_000;

/** Runs a contender once, in a process and a directory of its own. */
export async function runContender(contender: Contender): Promise<RunResult> {
  const cwd = await Deno.makeTempDir({ prefix: "sluice-bench-" });
  try {
    return await run(contender, cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

async function run(contender: Contender, cwd: string): Promise<RunResult> {
  const [program = "", ...args] = contender.command;
  const startedAt = performance.now();
  const child = new Deno.Command(program, {
    args,
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stop = systemClock.after(LIMIT, () => child.kill("SIGKILL"));
  const stderr = new Response(child.stderr).text();
  let firstAt: number | undefined;
  let stdout = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    firstAt ??= performance.now();
    stdout += text;
  }
  const { code, signal } = await child.status;
  const endedAt = performance.now();
  stop();
  if (endedAt - startedAt >= LIMIT) return { kind: "failed", why: `it took longer than ${LIMIT / 1000} s` };
  if (signal !== null) return { kind: "failed", why: `ended by ${signal}, from outside` };
  if (code !== 0) return { kind: "failed", why: `exit code ${code}: ${errorLine(await stderr)}` };
  if (contender.how === "report") return parse(lastLine(stdout));
  if (firstAt === undefined) return { kind: "failed", why: "it printed nothing" };
  return { kind: "numbers", numbers: { first: firstAt - startedAt, exit: endedAt - startedAt } };
}

function parse(line: string): RunResult {
  try {
    const report: unknown = JSON.parse(line);
    if (typeof report !== "object" || report === null) throw new TypeError("a report is an object");
    const numbers: Record<string, number> = {};
    for (const [key, value] of Object.entries(report)) if (typeof value === "number") numbers[key] = value;
    return { kind: "numbers", numbers };
  } catch {
    return { kind: "failed", why: `its last line is no report: ${line.slice(0, 80)}` };
  }
}
