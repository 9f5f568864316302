import { type ErrorExtras, signalName, ToolkitError, UnsupportedError } from "../errors/mod.ts";
import { type Entry, NO_OUTPUT } from "./entry.ts";
import { CAPTURE_LIMIT, type MailBoxes } from "./mail_boxes.ts";
import type { Report } from "./reports.ts";
import { tailOf, tailOfFile } from "./tail.ts";
import type { ShellEnd, ShellOutput } from "./types.ts";

/** Cannot run a script because a file, a directory or a variable it was given cannot be used. */
export class ShellRefusedError extends ToolkitError {
  /** Literal of this class. */
  readonly code = "SHELL_REFUSED";

  /** Makes the error. */
  constructor(message: string, extras: ErrorExtras = {}) {
    super(message, extras);
  }
}

type Ended = Extract<Report, { kind: "ended" }>;

/** Makes the end of a script of what its shell told and what it wrote. */
export function outcome(entry: Entry, report: Ended, boxes: MailBoxes, now: number): ShellEnd {
  const { job, stop } = entry;
  const token = report.token;
  const stdout = report.stdout ? boxes.read(token, "o") : NOTHING;
  const stderr = report.stderr ? boxes.read(token, "e") : NOTHING;
  if (report.leftovers) boxes.abandon(token);
  if (report.refused) return refused(entry, boxes.takeRefusal(token), stderr.text);
  if (stop?.kind === "lost") return { kind: "lost", why: stop.why };
  if (stop?.kind === "tooMuch") return tooMuch(stop.stream);
  if (stdout.bytes > CAPTURE_LIMIT) return tooMuch("stdout");
  if (stderr.bytes > CAPTURE_LIMIT) return tooMuch("stderr");
  if (report.code === 1 && !report.stdout && !report.stderr && !boxes.has(token, "e")) {
    return { kind: "lost", why: "no file could be made for its output: the file system may be full" };
  }
  const well = report.code === 0 && stop === undefined;
  const output: ShellOutput = {
    durationMs: entry.state === "running" ? now - entry.startedAt : 0,
    stdout: job.stdout === undefined ? stdout.text : undefined,
    stderr: job.stderr === undefined ? stderr.text : undefined,
    stdoutTail: well ? "" : job.stdout === undefined ? tailOf(stdout.text) : tailOfFile(job.stdout.path),
    stderrTail: well ? "" : job.stderr === undefined ? tailOf(stderr.text) : tailOfFile(job.stderr.path),
  };
  if (stop !== undefined) return { ...stop, ...output };
  if (report.signalled) return { kind: "signalled", signal: signalName(report.code - 128), ...output };
  return { kind: "exited", exitCode: report.code, ...output };
}

const NOTHING = { text: "", bytes: 0 } as const;

/** A captured stream grew over the limit. */
export function tooMuch(stream: "stdout" | "stderr"): ShellEnd {
  const limit = `${CAPTURE_LIMIT / 2 ** 20} MiB`;
  return {
    kind: "refused",
    error: new UnsupportedError(
      `Cannot return the ${stream} of a script: it is more than the ${limit} kept in memory`,
      {
        hint: `give the app a file for it: { ${stream}: "path" }`,
      },
    ),
  };
}

/** Reads the letter the prelude of the script left, and the system's words. */
function refused(entry: Entry, part: string, words: string): ShellEnd {
  const { job } = entry;
  // bash ends with the system's words: `bash: line 1: /a/b: Permission denied`.
  const line = words.trimEnd().split("\n").at(-1) ?? "";
  const reason = line.slice(line.lastIndexOf(": ") + 1).trim();
  switch (part) {
    case "o":
      return refuse(`Cannot write stdout to ${job.stdout?.path}: ${reason}`, "check the path and who may write to it");
    case "e":
      return refuse(`Cannot write stderr to ${job.stderr?.path}: ${reason}`, "check the path and who may write to it");
    case "c":
      return refuse(`Cannot run a script in ${job.cwd}: ${reason}`, "check the cwd of the app");
    default:
      return refuse(
        `Cannot set a variable for a script: ${line.replace(/^bash: (line \d+: )?/, "")}`,
        "bash keeps some names for itself: choose another one",
      );
  }
}

function refuse(message: string, hint: string): ShellEnd {
  return { kind: "refused", error: new ShellRefusedError(message, { hint }) };
}

/** The end of a script whose loop is gone. */
export const SHELL_KILLED = { kind: "lost", why: "the shell that ran it was killed" } as const;
/** Why a script ended whose master is gone. */
export const MASTER_KILLED = "the bash that keeps the shells was killed";

/** The end of a script that was stopped and of which nothing more is known. */
export function stopped(entry: Entry): ShellEnd {
  const { stop } = entry;
  if (stop === undefined) return { kind: "lost", why: MASTER_KILLED };
  return stop.kind === "lost" ? stop : stop.kind === "tooMuch" ? tooMuch(stop.stream) : { ...stop, ...NO_OUTPUT };
}

/** Why no script can run with this bash. */
export function tooOld(version: string): Error {
  return new UnsupportedError(`Cannot run scripts with bash ${version}: it is too old`, {
    hint: "install bash 4.3 or newer and put it first on PATH",
  });
}
