import { AsyncLocalStorage } from "node:async_hooks";
import type { Kernel } from "./graph/kernel.ts";

/** Workflows that are open, oldest first; the newest is the one that calls go to. */
const opened: Kernel[] = [];
/** The workflow a join body belongs to, also after it awaited something. */
const inside = new AsyncLocalStorage<Kernel>();
let standby: (() => Kernel) | undefined;

/** Says what opens the default workflow when an app is called and none is open. */
export function setDefault(make: () => Kernel): void {
  standby = make;
}

/** The workflow that a call made here goes to. */
export function current(): Kernel {
  const kernel = inside.getStore() ?? opened.at(-1);
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

/** Calls a function whose calls of apps go to a given workflow. */
export function within<T>(kernel: Kernel, body: () => T): T {
  return inside.run(kernel, body);
}
