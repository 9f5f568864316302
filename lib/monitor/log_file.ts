import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { redact } from "../redact.ts";
import { count } from "../text.ts";
import { AppendFile } from "./append_file.ts";
import type { EventBus } from "./bus.ts";
import { day, zone } from "./duration.ts";
import type { EventKind, WorkflowEvent } from "./events.ts";
import { formatEvent } from "./format_event.ts";
import { plainText } from "./text_width.ts";

/** How much the log says: what matters, or every event. */
export type LogLevel = "info" | "debug";

/** What a log file is made of. */
export interface LogFileOptions {
  /** Where `sluice.log` goes; the directory is there already. */
  readonly runDir: string;
  /** Where the events come from. */
  readonly bus: EventBus;
  /** Times the writes. */
  readonly clock: Clock;
  /** How much it says; `info` when not given. */
  readonly level?: LogLevel | undefined;
  /** Told once, when the log can no longer be written: it belongs on stderr. */
  readonly onProblem: (message: string) => void;
}

/** A sink that writes into the run directory until it is closed. */
export interface FileSink {
  /** Writes what waits. */
  flush(): void;
  /** Writes what waits and stops listening. */
  close(): void;
}

/** What level `info` says. */
const INFO: readonly EventKind[] = [
  "WorkflowOpened",
  "WorkflowClosed",
  "TaskRetried",
  "TaskFailed",
  "WorkerLost",
  "Warning",
];

/** Writes `<runDir>/sluice.log` from now on: open it before the workflow says that it opened. */
export function openLogFile(options: LogFileOptions): FileSink {
  const { bus, clock, onProblem, level = "info" } = options;
  const file = new AppendFile({ path: join(options.runDir, "sluice.log"), clock, onProblem, lostNote });
  let today = "";
  function write(event: WorkflowEvent): void {
    const cancelled = event.kind === "TaskFailed" && event.how === "cancelled";
    if (cancelled && level === "info") return;
    const date = day(event.at);
    if (date !== today) {
      today = date;
      file.add(`--- sluice ${bus.run}, ${date}, UTC${zone(event.at)} ---`);
    }
    file.add(logText(event), isUrgent(event.kind));
  }
  const unsubscribe = bus.subscribe(write, level === "debug" ? undefined : INFO);
  return {
    flush: () => file.flush(),
    close: () => {
      unsubscribe();
      file.close();
    },
  };
}

function lostNote(lines: number): string {
  return `(${count(lines, "line")} could not be written here)`;
}

/** One line for the event, and the further lines of an error indented below it. */
function logText(event: WorkflowEvent): string {
  return plainText(redact(formatEvent(event))).trimEnd().replace(/\n(?!\n)/g, "\n    ");
}

function isUrgent(kind: EventKind): boolean {
  return kind === "TaskFailed" || kind === "WorkerLost" || kind === "Warning" || kind === "WorkflowOpened";
}
