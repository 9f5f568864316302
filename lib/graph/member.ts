import type { AppSpec } from "../apps/spec.ts";
import { NO_OPTIONS } from "../apps/options.ts";
import { suggestion } from "../text.ts";
import type { Task } from "./task.ts";

/** The app behind `future.get(key)`: takes one member out of a value. */
export function deriveMember(task: Task, key: unknown): AppSpec {
  const name = `${task.name}.get`;
  return { name, work: { kind: "derive", derive: () => memberOf(task.result, key, task) }, options: NO_OPTIONS };
}

function memberOf(value: unknown, key: unknown, task: Task): unknown {
  if (value instanceof Map) {
    if (value.has(key)) return value.get(key);
    throw missing(key, [...value.keys()].map(String), task);
  }
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`Cannot get ${show(key)} of the value of ${task.shortId}: the value is ${Deno.inspect(value)}`);
  }
  // Only own members are data; what the prototype has is not in the value.
  if (!Object.hasOwn(value, key as PropertyKey)) throw missing(key, Object.keys(value), task);
  return (value as Record<PropertyKey, unknown>)[key as PropertyKey];
}

function show(key: unknown): string {
  return typeof key === "string" ? JSON.stringify(key) : String(key);
}

function missing(key: unknown, legal: string[], task: Task): RangeError {
  const few = legal.slice(0, 20);
  return new RangeError(
    `Cannot get ${show(key)} of the value of ${task.shortId} "${task.name}": it has no such member; ${
      suggestion(String(key), few)
    }`,
  );
}
