import { AsyncLocalStorage } from "node:async_hooks";
import type { Kernel } from "./graph/kernel.ts";
import type { Task } from "./graph/task.ts";

/** Workflows that are open, oldest first; the newest is the one that calls go to. */
const opened: Kernel[] = [];
/** The join task whose body calls, also after it awaited something. */
const inside = new AsyncLocalStorage<Task>();
let standby: (() => Kernel) | undefined;

/** Says what opens the default workflow when an app is called and none is open. */
export function setDefault(make: () => Kernel): void {
  standby = make;
}

/** The workflow that a call made here goes to. */
export function current(): Kernel {
  const kernel = inside.getStore()?.kernel ?? opened.at(-1);
  if (kernel !== undefined) return kernel;
  if (standby === undefined) throw new TypeError("Cannot call an app: no workflow is open");
  return standby();
}

/** Makes a workflow the current one. */
export function enter(kernel: Kernel): void {
  opened.push(kernel);
}

/** Takes a workflow out; the one opened before it is current again. */
export function leave(kernel: Kernel): void {
  const at = opened.indexOf(kernel);
  if (at >= 0) opened.splice(at, 1);
}

/** The join task from whose body a call is made. */
export function caller(): Task | undefined {
  return inside.getStore();
}

/** Calls the body of a join task: its calls of apps go to the workflow of the task. */
export function within<T>(task: Task, body: () => T): T {
  return inside.run(task, body);
}
