import type { ShellEnd } from "../command/types.ts";
import { quoteWord } from "../apps/sh.ts";
import type { Task } from "./task.ts";

/** What is kept of a script that failed. */
export interface Kept {
  /** The script, to be run again by hand. */
  readonly script: string;
  /** Its stdout, when it was captured and there was any. */
  readonly stdoutPath: string | undefined;
  /** Its stderr, likewise. */
  readonly stderrPath: string | undefined;
}

/** Failed tries that get a directory of their own in one run: shared file systems count every file. */
const MOST_KEPT = 1000;
const kept = new WeakMap<object, number>();

type Ran = Extract<ShellEnd, { kind: "exited" | "signalled" }>;

/** Keeps the script and the output of a failed try in `<runDir>/failed/t42.1`; a full disk must not make it worse. */
export function keepFailed(task: Task, end: Ran): Kept | undefined {
  const { kernel, script } = task;
  const runDir = kernel.madeRunDir();
  const before = kept.get(kernel) ?? 0;
  if (runDir === undefined || script === undefined || before >= MOST_KEPT) return undefined;
  kept.set(kernel, before + 1);
  const dir = `${runDir}/failed/${task.shortId}.${task.tries}`;
  try {
    Deno.mkdirSync(dir, { recursive: true });
    Deno.writeTextFileSync(`${dir}/script.sh`, standalone(task));
    return {
      script: `${dir}/script.sh`,
      stdoutPath: write(`${dir}/stdout`, end.stdout),
      stderrPath: write(`${dir}/stderr`, end.stderr),
    };
  } catch {
    return undefined;
  }
}

function write(path: string, text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  Deno.writeTextFileSync(path, text);
  return path;
}

/** The script with what surrounded it: directory, variables and strictness. */
function standalone(task: Task): string {
  const { script } = task;
  const lines = [`# ${task.shortId} "${task.name.replaceAll("\n", " ")}", try ${task.tries}`];
  lines.push(`cd -- ${quoteWord(script?.cwd ?? Deno.cwd())}`);
  for (const [name, value] of Object.entries(script?.env ?? {})) lines.push(`export ${name}=${quoteWord(value)}`);
  if (script?.strict === true) lines.push("set -euo pipefail");
  lines.push(script?.text ?? "", "");
  return lines.join("\n");
}
