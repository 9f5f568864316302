/**
 * Which names a shipped function finds in a worker without bringing them along.
 *
 * The set is made from the globals of the thread that asks, corrected by what workers lack and have; a test compares
 * it with a real worker.
 */

/** Globals of a script that workers lack. */
const SCRIPT_ONLY = [
  "Location",
  "Navigator",
  "Storage",
  "Window",
  "alert",
  "closed",
  "confirm",
  "localStorage",
  "onbeforeunload",
  "onload",
  "onunload",
  "prompt",
  "sessionStorage",
];

/** Globals of a worker that scripts lack. */
const WORKER_ONLY = ["DedicatedWorkerGlobalScope", "WorkerGlobalScope", "WorkerLocation", "WorkerNavigator"];

/**
 * Globals of a worker that belong to its own affairs. A function that says `name` or `close` nearly always means a
 * variable of its script, and would quietly get the worker's instead.
 */
const OWN_AFFAIRS = [
  "close",
  "name",
  "onerror",
  "onmessage",
  "onmessageerror",
  "onunhandledrejection",
  "postMessage",
];

/** Names that only tell one platform from another: `typeof` of them is harmless where they are missing. */
const PLATFORM_NAMES = [
  "Bun",
  "__dirname",
  "__filename",
  "define",
  "document",
  "exports",
  "importScripts",
  "module",
  "require",
  "window",
];

const SCRIPT_ONLY_NAMES: ReadonlySet<string> = new Set(SCRIPT_ONLY);
const OWN_AFFAIRS_NAMES: ReadonlySet<string> = new Set(OWN_AFFAIRS);
const TYPEOF_NAMES: ReadonlySet<string> = new Set([...SCRIPT_ONLY, ...OWN_AFFAIRS, ...PLATFORM_NAMES]);

/** Names that a shipped function may use without bringing them along. */
export const WORKER_GLOBALS: ReadonlySet<string> = new Set(
  [...Object.getOwnPropertyNames(globalThis), ...WORKER_ONLY]
    .filter((name) => !SCRIPT_ONLY_NAMES.has(name) && !OWN_AFFAIRS_NAMES.has(name)),
);

/** Whether `typeof name` may be asked of a name that is not there: it asks for the platform, not for a variable. */
export function isPlatformQuestion(name: string): boolean {
  return TYPEOF_NAMES.has(name);
}

/** Whether a name is a global of scripts that workers lack, such as `localStorage`. */
export function isScriptOnly(name: string): boolean {
  return SCRIPT_ONLY_NAMES.has(name);
}

/** Whether a name is a worker's own business there, such as `name` or `close`. */
export function isWorkersOwn(name: string): boolean {
  return OWN_AFFAIRS_NAMES.has(name);
}
