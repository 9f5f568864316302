import { redact } from "../redact.ts";
import type { EventBody } from "./events.ts";
import { errorText } from "./format_event.ts";
import { plainText } from "./text_width.ts";

/** Failures alike that are printed before the rest is only counted. */
const ALIKE_SHOWN = 10;
/** Failures of one app that are printed, however they differ. */
const GROUP_SHOWN = 50;
/** Lines of one failure after its first. */
const MORE_LINES = 3;
/** Longest line that is printed. */
const LONGEST = 400;

interface Group {
  shown: number;
  hidden: number;
  readonly kinds: Map<string, number>;
}

/** Decides what a person sees at once, so that a million failures do not drown the first. */
export class FailureFeed {
  readonly #groups = new Map<string, Group>();

  /** The text to print for an event, or undefined when there is nothing to say or it is only counted. */
  take(event: EventBody): string | undefined {
    switch (event.kind) {
      case "TaskFailed": {
        // What a failed task takes down with it, and what was called off, is in the counts.
        if (event.how !== "failed") return undefined;
        const app = plainText(event.app);
        const [first = "", ...others] = excerpt(plainText(redact(errorText(event))));
        if (!this.#admit(`failures of ${app}`, first)) return undefined;
        return [`${event.task} ${app}  failed: ${first}`, ...others].map(shorten).join("\n");
      }
      case "WorkerLost":
        return this.#notice("lost workers", `${event.executor}  lost worker ${event.worker}: ${event.why}`);
      case "Warning":
        return this.#notice("warnings", `warning: ${event.message}`);
      default:
        return undefined;
    }
  }

  /** A line for each group that had something which was not printed since the last call. */
  rest(): string[] {
    const lines: string[] = [];
    for (const [name, group] of this.#groups) {
      if (group.hidden === 0) continue;
      const how = group.kinds.size === 1 ? " like this" : "";
      lines.push(`and ${group.hidden.toLocaleString("en-US")} more ${name}${how}`);
      group.hidden = 0;
    }
    return lines;
  }

  #notice(group: string, text: string): string | undefined {
    const [first = "", ...others] = excerpt(plainText(redact(text)));
    return this.#admit(group, first) ? [first, ...others].map(shorten).join("\n") : undefined;
  }

  #admit(name: string, line: string): boolean {
    const group = this.#groups.get(name) ?? { shown: 0, hidden: 0, kinds: new Map() };
    this.#groups.set(name, group);
    const kind = likeness(line);
    const alike = group.kinds.get(kind) ?? 0;
    if (group.shown >= GROUP_SHOWN || alike >= ALIKE_SHOWN) {
      group.hidden++;
      return false;
    }
    group.kinds.set(kind, alike + 1);
    group.shown++;
    return true;
  }
}

/** The first line without what differs from task to task: ids, durations, numbers in names. */
export function likeness(error: string): string {
  return firstLine(error).slice(0, LONGEST).replace(/\d+(?:[.,]\d+)*/g, "#").replace(
    /#(?:ms|s|m|h|d)(?: #[smh])?\b/g,
    "#s",
  );
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

const TELLING = /error|fail|exception|denied|not found|no such|cannot|killed|^hint:/i;

/** The first line and the most telling few of the rest, indented: those that name an error, else the first ones. */
function excerpt(error: string): string[] {
  const [first = "", ...others] = error.split("\n").map((line) => line.trimEnd());
  const lines = others.filter((line) => line !== "" && !/^std(?:err|out)\b.*:$/.test(line));
  const telling = lines.filter((line) => TELLING.test(line));
  const chosen = new Set([...telling, ...lines].slice(0, MORE_LINES));
  return [first, ...lines.filter((line) => chosen.has(line)).slice(0, MORE_LINES).map((line) => `    ${line.trim()}`)];
}

function shorten(line: string): string {
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}
