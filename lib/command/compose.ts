import { resolve } from "node:path";
import { makeParents } from "../data/parents.ts";
import type { MailBoxes } from "./mail_boxes.ts";
import { ShellRefusedError } from "./outcome.ts";
import { isBareCommand, ownProcess, prelude } from "./shell_script.ts";
import type { ShellJob, ShellTarget } from "./types.ts";

/** The first line for a script; the directories of its files are made, and what bash could not say itself is refused. */
export function preludeOf(job: ShellJob): string {
  checkEnv(job.env);
  if (job.script.includes("\0")) throw new ShellRefusedError("Cannot run a script that has a NUL character");
  return prelude({ ...job, stdout: targetOf("stdout", job.stdout), stderr: targetOf("stderr", job.stderr) });
}

/** What follows the first line. */
export function bodyOf(job: ShellJob, bash: string, token: string, boxes: MailBoxes): string {
  if (job.ownProcess) return ownProcess(bash, boxes.putOwn(token, job.script), job.strict);
  return isBareCommand(job.script) ? `exec -- ${job.script.trim()}\n` : job.script;
}

/** Where a stream goes, by its absolute path; its directories are made. */
function targetOf(stream: "stdout" | "stderr", target: ShellTarget | undefined): ShellTarget | undefined {
  if (target === undefined) return undefined;
  const path = resolve(target.path);
  makeParents(path, `write ${stream} to`);
  return { ...target, path };
}

/** What is wrong with the variables of a script, if anything is. */
function checkEnv(env: Readonly<Record<string, string>> | undefined): void {
  for (const [name, value] of Object.entries(env ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new ShellRefusedError(`Cannot set variable "${name}": it is no name for bash`, {
        hint: "use letters, digits and underscores, and no digit first",
      });
    }
    if (value.includes("\0")) {
      throw new ShellRefusedError(`Cannot set variable "${name}": its value has a NUL character`);
    }
  }
}
