import { redact } from "../redact.ts";
import { count } from "../text.ts";
import { durationText } from "./duration.ts";
import type { RunCounts } from "./events.ts";
import { likeness } from "./failure_feed.ts";
import { countsText, errorText } from "./format_event.ts";
import { paint } from "./style.ts";
import { plainText } from "./text_width.ts";

/** A failed task whose error nobody looked at. */
export interface UnseenFailure {
  /** Short id: `t42`. */
  readonly task: string;
  /** Name of its app. */
  readonly app: string;
  /** Its error: the first line is shown. */
  readonly error: string;
}

/** How a run went. */
export interface SummaryInput {
  /** How often each thing happened. */
  readonly counts: RunCounts;
  /** How long the workflow was open. */
  readonly durationMs: number;
  /** Failed tasks whose error nobody looked at. */
  readonly unseen: readonly UnseenFailure[];
  /** The run directory, when there is one. */
  readonly runDir?: string | undefined;
  /** The run: `0007`. */
  readonly run?: string | undefined;
  /** Whether progress was shown, so that it needs an end. */
  readonly shown?: boolean | undefined;
  /** Whether to colour it. */
  readonly color: boolean;
}

/** Groups of failures that are listed. */
const GROUPS_SHOWN = 10;
/** Ids that are listed of each. */
const IDS_SHOWN = 6;
/** Longest error line. */
const LONGEST = 300;

/**
 * The last words about a run, each line with its end. Nothing of a clean run that showed nothing; one line when
 * progress was shown or something failed; the failures in groups when nobody looked at them.
 */
export function renderSummary(input: SummaryInput): string {
  const { counts, unseen, runDir, color } = input;
  const wrong = counts.failed + counts.dependencyFailed + unseen.length > 0;
  if (!wrong && input.shown !== true) return "";
  const name = input.run === undefined ? "sluice" : `sluice ${input.run}`;
  const tasks = `${count(counts.tasks, "task")} in ${durationText(input.durationMs)}`;
  const lines = [
    `${paint(name, "bold", color)}  ${tasks}: ${paint(countsText(counts), wrong ? "red" : "green", color)}`,
  ];
  if (unseen.length > 0) lines.push(...unseenLines(unseen, color));
  if (wrong && runDir !== undefined) {
    const dir = runDir.replace(/\/+$/, "");
    lines.push(`  run directory ${plainText(dir)}, log ${plainText(dir)}/sluice.log`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

interface Group {
  readonly app: string;
  readonly line: string;
  readonly ids: string[];
  size: number;
}

function unseenLines(unseen: readonly UnseenFailure[], color: boolean): string[] {
  const groups = group(unseen);
  const shown = groups.slice(0, GROUPS_SHOWN);
  const hidden = groups.slice(GROUPS_SHOWN);
  const [tasks, errors] = unseen.length === 1 ? ["task", "error"] : ["tasks", "errors"];
  const lines = [`  nobody looked at the ${errors} of ${count(unseen.length, "failed task")}:`];
  for (const { app, line, ids, size } of shown) {
    const rest = size > ids.length ? ` and ${(size - ids.length).toLocaleString("en-US")} more` : "";
    lines.push(`    ${paint(app, "bold", color)}  ${line}  (${ids.join(", ")}${rest})`);
  }
  if (hidden.length > 0) {
    const more = hidden.reduce((sum, g) => sum + g.size, 0);
    lines.push(`    and ${count(more, "task")} that failed in ${count(hidden.length, "other way")}`);
  }
  lines.push(`  so the exit status of the script will be 1: await the ${tasks} and catch what they throw to have it 0`);
  return lines;
}

/** Biggest first; failures of one app that differ only in numbers are alike. */
function group(unseen: readonly UnseenFailure[]): Group[] {
  const groups = new Map<string, Group>();
  for (const failure of unseen) {
    const line = plainText(redact(errorText(failure))).split("\n", 1)[0] ?? "";
    const key = `${failure.app}\n${likeness(line)}`;
    let found = groups.get(key);
    if (found === undefined) {
      const cut = line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
      groups.set(key, found = { app: plainText(failure.app), line: cut, ids: [], size: 0 });
    }
    found.size++;
    if (found.ids.length < IDS_SHOWN) found.ids.push(failure.task);
  }
  return [...groups.values()].sort((a, b) => b.size - a.size);
}
