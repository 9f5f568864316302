import { count } from "../text.ts";
import { durationText, timeOfDay } from "./duration.ts";
import type { EventKind, EventOf, RunCounts, WorkflowEvent } from "./events.ts";

/** The text of every kind of event, without its time: a kind without text does not compile. */
export const FORMATTERS: { readonly [K in EventKind]: (e: EventOf<K>) => string } = {
  WorkflowOpened: (e) =>
    `opened with ${e.executors.join(", ") || "no executor"}${e.runDir === undefined ? "" : ` in ${e.runDir}`}`,
  WorkflowClosed: (e) => `closed after ${durationText(e.durationMs)}: ${countsText(e.counts)}`,
  TaskSubmitted: (e) => `${e.task} ${e.app}  submitted${e.waitingFor === 0 ? "" : `, waits for ${e.waitingFor}`}`,
  TaskLaunched: (e) => `${e.task} ${e.app}  launched on ${e.executor}${tryText(e.try)}`,
  TaskStarted: (e) => `${e.task} ${e.app}  running on ${e.worker}${tryText(e.try)}`,
  TaskJoining: (e) => `${e.task} ${e.app}  joining ${count(e.waitingFor, "task")}`,
  TaskRetried: (e) =>
    `${e.task} ${e.app}  try ${e.try} failed, trying again${e.delayMs > 0 ? ` in ${durationText(e.delayMs)}` : ""}: ${
      errorText(e)
    }`,
  TaskMemoized: (e) => `${e.task} ${e.app}  already known (${e.key.slice(0, 12)})`,
  TaskDone: (e) => `${e.task} ${e.app}  done in ${durationText(e.durationMs)}`,
  TaskFailed: (e) => `${e.task} ${e.app}  ${HOW[e.how]}: ${errorText(e)}`,
  WorkerLost: (e) => `${e.executor}  lost worker ${e.worker}: ${e.why}`,
  CheckpointWritten: (e) => `checkpoint: ${count(e.records, "result")} written`,
  Warning: (e) => `warning: ${e.message}`,
};

/** A line for a person: `[12:04:31.207] t42 align  running on cn017`; an error may add lines after it. */
export function formatEvent(event: WorkflowEvent): string {
  return `[${timeOfDay(event.at)}] ${eventText(event.kind, event)}`;
}

/** The text of an event without its time. */
export function eventText<K extends EventKind>(kind: K, event: EventOf<K>): string {
  return FORMATTERS[kind](event);
}

/** What happened how often: `8,997 done (120 known before), 2 failed`; nothing is said of what never happened. */
export function countsText(counts: RunCounts): string {
  const n = (x: number): string => x.toLocaleString("en-US");
  const parts = [`${n(counts.done)} done${counts.memoized === 0 ? "" : ` (${n(counts.memoized)} known before)`}`];
  if (counts.failed > 0) parts.push(`${n(counts.failed)} failed`);
  if (counts.dependencyFailed > 0) parts.push(`${n(counts.dependencyFailed)} not run as what they need failed`);
  if (counts.cancelled > 0) parts.push(`${n(counts.cancelled)} cancelled`);
  return parts.join(", ");
}

const HOW = { failed: "failed", dependencyFailed: "not run", cancelled: "cancelled" } as const;

function tryText(number: number): string {
  return number > 1 ? `, try ${number}` : "";
}

/** Errors of tasks begin with the task, which stands at the front of the line already. */
export function errorText(event: { readonly task: string; readonly app: string; readonly error: string }): string {
  const subject = `task ${event.task} "${event.app}": `;
  for (const start of ["Cannot finish ", "Cannot run "]) {
    if (event.error.startsWith(start + subject)) return event.error.slice(start.length + subject.length);
  }
  return event.error;
}
