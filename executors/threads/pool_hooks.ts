import { refusedByMessage } from "../../lib/apps/ship/sendable.ts";
import type { Outcome, WorkItem } from "../../lib/executor.ts";
import { reviveThrown, type Thrown } from "../../lib/wire/thrown.ts";
import { Status } from "./protocol.ts";

/** What a part of the thread pool tells its executor. */
export interface PoolHooks {
  started(item: WorkItem, worker: string, capturePath?: string): void;
  ended(item: WorkItem, outcome: Outcome): void;
  /** Outcomes of one message have been told, and there may be room. */
  free(): void;
  lost(worker: string, why: string): void;
}

/** Makes an outcome of what the protocol says. */
export function outcomeOf(item: WorkItem, status: number, value: unknown): Outcome {
  if (status === Status.value) return { kind: "value", value };
  if (status === Status.refused) {
    const { message, path } = refusedByMessage(`return from "${item.name}"`, value);
    return { kind: "unsendable", message, path };
  }
  // The runner made these values in these shapes.
  if (status === Status.thrown) return { kind: "thrown", error: reviveThrown(value as Thrown) };
  const { message, path } = value as { readonly message: string; readonly path: string };
  return { kind: "unsendable", message, path };
}
