import type { FileOf, FutureOf } from "../brand.ts";
import { isFile, isFuture } from "../brand.ts";
import { type Duration, DURATION_FORMS, readDuration } from "../config/units.ts";
import { OutputFile } from "../data/file.ts";
import { ConfigError } from "../errors/mod.ts";
import type { StreamTarget } from "../executor.ts";
import { suggestion } from "../text.ts";

/** Asks for a name made from the task and its app, in the run directory. */
export const AUTO: unique symbol = Symbol.for("sluice.auto");

/** Where a stream of a bash app goes: a path (added to), a path and whether to add, or a name made for it. */
export type StreamOption = string | { readonly path: string; readonly append?: boolean } | typeof AUTO;

/** What a retry handler is told of the task. */
export interface RetryInfo {
  /** Short id: `t42`. */
  readonly task: string;
  /** Name of the app. */
  readonly app: string;
  /** The try that failed, from 1. */
  readonly try: number;
}

/**
 * Says what a failure costs: retries go on while the sum of the costs is at most `retries`. 0 tries again for free,
 * Infinity gives up. When it throws, the task fails with what it threw.
 */
export type RetryHandler = (error: unknown, info: RetryInfo) => number;

/** Options of an app: given when it is made, or to `.with()` for a copy. */
export interface AppOptions {
  /** Name to show; by default the function's own, or the first word of the script. */
  readonly name?: string | undefined;
  /** What each task asks of its executor; the keys are the executor's. */
  readonly resources?: Readonly<Record<string, unknown>> | undefined;
  /** Labels of the executors that may run it; by default any. */
  readonly executors?: readonly string[] | "all" | undefined;
  /** Where stdout of a bash app goes; by default into the result. */
  readonly stdout?: StreamOption | undefined;
  /** Where stderr of a bash app goes; by default into the result. */
  readonly stderr?: StreamOption | undefined;
  /** How long a try may run; then all it started is killed. */
  readonly walltime?: Duration | undefined;
  /** Variables added to the environment of a bash app. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Directory that a bash app runs in. */
  readonly cwd?: string | undefined;
  /** Files it reads, and futures to wait for, that are not among its arguments. */
  readonly inputs?: readonly (FileOf | FutureOf<unknown>)[] | undefined;
  /** Files it writes that are not among its arguments. */
  readonly outputs?: readonly OutputFile[] | undefined;
  /** Whether a result that is known already, from this run or a resumed one, is used again. */
  readonly cache?: boolean | undefined;
  /** How often a failed task is tried again. */
  readonly retries?: number | undefined;
  /** Says what a failure costs. */
  readonly retryHandler?: RetryHandler | undefined;
  /** Lower goes first; without one it goes last. */
  readonly priority?: number | undefined;
  /** Cancels the task when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Whether `set -euo pipefail` goes in front of a script; the workflow's default is true. */
  readonly strict?: boolean | undefined;
  /** Deno permissions that a function app runs with: never more than the script has. */
  readonly permissions?: Deno.PermissionOptionsObject | "none" | undefined;
}

/** The options as the graph uses them. */
export interface TaskOptions {
  readonly name: string | undefined;
  readonly resources: Readonly<Record<string, unknown>> | undefined;
  readonly executors: readonly string[] | undefined;
  readonly stdout: StreamTarget | typeof AUTO | undefined;
  readonly stderr: StreamTarget | typeof AUTO | undefined;
  readonly walltime: number | undefined;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly cwd: string | undefined;
  readonly inputs: readonly (FileOf | FutureOf<unknown>)[];
  readonly outputs: readonly OutputFile[];
  readonly cache: boolean | undefined;
  readonly retries: number | undefined;
  readonly retryHandler: RetryHandler | undefined;
  readonly priority: number;
  readonly signal: AbortSignal | undefined;
  readonly strict: boolean | undefined;
  readonly permissions: Deno.PermissionOptionsObject | "none" | undefined;
}

/** How each option is read; the keys are the legal ones. */
const READERS: { readonly [K in keyof Required<AppOptions>]: (value: unknown, app: string) => TaskOptions[K] } = {
  name: (v, app) => expectText("name", v, app),
  resources: (v, app) => expectRecord("resources", v, app),
  executors: readExecutors,
  stdout: (v, app) => readStream("stdout", v, app),
  stderr: (v, app) => readStream("stderr", v, app),
  walltime: (v, app) => readWalltime(v, app),
  env: readEnv,
  cwd: (v, app) => expectText("cwd", v, app),
  inputs: readInputs,
  outputs: readOutputs,
  cache: (v, app) => expectBoolean("cache", v, app),
  retries: readRetries,
  retryHandler: readHandler,
  priority: readPriority,
  signal: readSignal,
  strict: (v, app) => expectBoolean("strict", v, app),
  permissions: readPermissions,
};

/** Legal option names. */
export const OPTION_NAMES: readonly string[] = Object.keys(READERS);

/** The options of an app that was given none. */
export const NO_OPTIONS: TaskOptions = {
  name: undefined,
  resources: undefined,
  executors: undefined,
  stdout: undefined,
  stderr: undefined,
  walltime: undefined,
  env: undefined,
  cwd: undefined,
  inputs: [],
  outputs: [],
  cache: undefined,
  retries: undefined,
  retryHandler: undefined,
  priority: Infinity,
  signal: undefined,
  strict: undefined,
  permissions: undefined,
};

/** The name among options that nobody has checked yet, for messages about them. */
export function nameIn(options: unknown): string | undefined {
  if (!isRecord(options) || typeof options["name"] !== "string" || options["name"] === "") return undefined;
  return options["name"];
}

/** Checks options and lays them over others; a wrong one is an error that names it, the app and the fix. */
export function readOptions(given: AppOptions, base: TaskOptions, app: string): TaskOptions {
  if (!isRecord(given)) {
    throw new ConfigError(`Cannot use the options of app "${app}": they must be an object, and are ${show(given)}`, {
      got: given,
    }, { hint: 'write them like { walltime: "5m" }' });
  }
  const read: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(given)) {
    const reader: ((value: unknown, app: string) => unknown) | undefined = Object.hasOwn(READERS, key)
      ? READERS[key as keyof AppOptions]
      : undefined;
    if (reader === undefined) {
      throw new ConfigError(`Cannot use option "${key}" of app "${app}": there is no such option`, {
        path: [key],
        got: value,
      }, { hint: suggestion(key, OPTION_NAMES) });
    }
    read[key] = value === undefined ? NO_OPTIONS[key as keyof TaskOptions] : reader(value, app);
  }
  // Every key came from READERS or from a TaskOptions.
  return read as unknown as TaskOptions;
}

function wrong(key: string, value: unknown, app: string, expected: string): ConfigError {
  return new ConfigError(`Cannot use option "${key}" of app "${app}": it must be ${expected}, and is ${show(value)}`, {
    path: key.split("."),
    got: value,
    expected,
  });
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : Deno.inspect(value, { depth: 1 }).slice(0, 80);
}

function expectText(key: string, value: unknown, app: string): string {
  if (typeof value !== "string" || value === "" || value.includes("\0")) throw wrong(key, value, app, "a text");
  return value;
}

function expectBoolean(key: string, value: unknown, app: string): boolean {
  if (typeof value !== "boolean") throw wrong(key, value, app, "true or false");
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function expectRecord(key: string, value: unknown, app: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw wrong(key, value, app, "an object");
  return value;
}

function readExecutors(value: unknown, app: string): readonly string[] | undefined {
  if (value === "all") return undefined;
  if (!Array.isArray(value) || value.length === 0 || value.some((v) => typeof v !== "string")) {
    throw wrong("executors", value, app, `"all" or a list of labels`);
  }
  return value;
}

function readStream(key: string, value: unknown, app: string): StreamTarget | typeof AUTO {
  if (value === AUTO) return AUTO;
  if (typeof value === "string") return { path: expectText(key, value, app), append: true };
  if (isRecord(value)) {
    const { path, append = false, ...rest } = value;
    if (Object.keys(rest).length === 0 && typeof append === "boolean") {
      return { path: expectText(`${key}.path`, path, app), append };
    }
  }
  throw wrong(key, value, app, "a path, {path, append} or AUTO");
}

function readWalltime(value: unknown, app: string): number {
  const reading = readDuration(value);
  if (reading.ok) return reading.value;
  throw new ConfigError(`Cannot use ${show(value)} as option "walltime" of app "${app}": ${reading.problem}`, {
    path: ["walltime"],
    got: value,
    expected: DURATION_FORMS,
  });
}

function readEnv(value: unknown, app: string): Readonly<Record<string, string>> {
  const record = expectRecord("env", value, app);
  for (const [name, text] of Object.entries(record)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw wrong("env", name, app, "made of names like OMP_NUM_THREADS");
    if (typeof text !== "string" || text.includes("\0")) throw wrong(`env.${name}`, text, app, "a text");
  }
  return record as Readonly<Record<string, string>>;
}

function readInputs(value: unknown, app: string): readonly (FileOf | FutureOf<unknown>)[] {
  if (!Array.isArray(value) || !value.every((v) => isFile(v) || isFuture(v))) {
    throw wrong("inputs", value, app, "a list of files (file(path)) and futures");
  }
  return value;
}

function readOutputs(value: unknown, app: string): readonly OutputFile[] {
  if (!Array.isArray(value) || !value.every((v) => v instanceof OutputFile)) {
    throw wrong("outputs", value, app, "a list of outputs (output(path))");
  }
  return value;
}

function readRetries(value: unknown, app: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw wrong("retries", value, app, "a whole number from 0");
  }
  return value;
}

function readHandler(value: unknown, app: string): RetryHandler {
  if (typeof value !== "function") throw wrong("retryHandler", value, app, "a function");
  // A handler that returns something else is told when it does.
  return value as RetryHandler;
}

function readPriority(value: unknown, app: string): number {
  if (typeof value !== "number" || Number.isNaN(value)) throw wrong("priority", value, app, "a number");
  return value;
}

function readSignal(value: unknown, app: string): AbortSignal {
  if (!(value instanceof AbortSignal)) throw wrong("signal", value, app, "an AbortSignal");
  return value;
}

function readPermissions(value: unknown, app: string): Deno.PermissionOptionsObject | "none" {
  if (value === "none") return "none";
  const record = expectRecord("permissions", value, app);
  const legal = ["env", "ffi", "import", "net", "read", "run", "sys", "write"];
  for (const [key, of] of Object.entries(record)) {
    if (!legal.includes(key)) {
      throw new ConfigError(`Cannot use option "permissions" of app "${app}": there is no permission "${key}"`, {
        path: ["permissions", key],
      }, { hint: suggestion(key, legal) });
    }
    if (typeof of !== "boolean" && !(Array.isArray(of) && of.every((v) => typeof v === "string" || v instanceof URL))) {
      throw wrong(`permissions.${key}`, of, app, "true, false or a list");
    }
  }
  return record as Deno.PermissionOptionsObject;
}
