import { SerializationError } from "../../errors/task.ts";
import { findUnsendable } from "./find_unsendable.ts";

/**
 * Throws a `SerializationError` when a result cannot be sent or would be silently changed. `what` is what is being
 * done: `return from "fit"`. A Proxy passes, and no message takes one: see `refusedByMessage`.
 */
export function checkSendable(value: unknown, what: string): void {
  const type = typeof value;
  if (value === null || (type !== "object" && type !== "function" && type !== "symbol")) return;
  const found = findUnsendable(value, false);
  if (found === undefined) return;
  const path = `result${found.path}`;
  throw new SerializationError(`Cannot ${what}: ${path} ${found.reason.is}`, path, found.reason.hint);
}

/** The error for a result that passed the check and that the message itself refused all the same. */
export function refusedByMessage(what: string, cause: unknown): SerializationError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SerializationError(
    `Cannot ${what}: ${why}`,
    "result",
    "a Proxy cannot be sent: return a plain copy of it, such as { ...it } or [...it]",
  );
}
