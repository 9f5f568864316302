/**
 * Parallel workflows in one TypeScript file: shell commands and typed functions become apps, calls of apps become
 * tasks, and tasks run on the cores of a laptop or on a cluster.
 *
 * @example
 * ```ts
 * import { app, bash, sh } from "./mod.ts";
 *
 * const square = app((x: number) => x * x);
 * const add = app((a: number, b: number) => a + b);
 * const count = bash((text: string) => sh`printf %s ${text} | wc -c`).text();
 *
 * const sum = add(square(3), square(4)); // a future is an argument like any other
 * if (await sum !== 25 || await count("it's safe; rm -rf /") !== "19") throw new Error("wrong");
 * ```
 *
 * @module
 */
import { configure, defaultExecutors } from "./executors/configure.ts";
import type { ConfigInput } from "./executors/inputs.ts";
import { install, open } from "./lib/load.ts";
import type { Workflow } from "./lib/workflow.ts";

install({ configure, byDefault: defaultExecutors });

/**
 * Opens a workflow: the newest open one is where calls of apps go. Closing it brings the one before back.
 *
 * @param config An object, the path of a YAML file, or nothing for the thread pool of this machine.
 * @throws {ConfigError} The configuration is wrong; nothing was started.
 * @throws {CheckpointError} A run to resume cannot be used.
 *
 * @example
 * ```ts
 * import { app, load } from "./mod.ts";
 *
 * await using _wf = await load({ retries: 1, runDir: await Deno.makeTempDir() });
 * const double = app((x: number) => 2 * x);
 * if (await double(21) !== 42) throw new Error("wrong");
 * ```
 */
export function load(config?: ConfigInput | string): Promise<Workflow> {
  return open(config);
}

export type { ConfigInput, ExecutorInput } from "./executors/inputs.ts";
export { threads, type ThreadsInput, type ThreadsOptions } from "./executors/threads/factory.ts";
export { bash, type BashApp } from "./lib/apps/bash_app.ts";
export { app, apps, type AppSchemas, type ModuleApps } from "./lib/apps/function_app.ts";
export { join } from "./lib/apps/join_app.ts";
export { type AppOptions, AUTO, type RetryHandler, type RetryInfo, type StreamOption } from "./lib/apps/options.ts";
export { type Hole, type HoleScalar, Sh, sh, type ShTag, TemplateError } from "./lib/apps/sh.ts";
export type { Ending as ShEnding } from "./lib/apps/sh/lexer.ts";
export type { Source as ShSource } from "./lib/apps/sh/mark.ts";
export { ShipError, type ShipPlace } from "./lib/apps/ship/ship_error.ts";
export type { Schema, SchemaIssue } from "./lib/apps/spec.ts";
export type { AnyArgs, App, Given, GivenArgs, Joined, Nested, Whole } from "./lib/apps/types.ts";
export { FILE, type FileOf, FUTURE, type FutureOf } from "./lib/brand.ts";
export type { StdAutopath, StdAutopathInfo } from "./lib/config/handlers.ts";
export type { RetryBackoffInput, UseInput, WorkflowInput } from "./lib/config/input.ts";
export type { Duration, Size } from "./lib/config/units.ts";
export { DataFile, file, InputFile, output, OutputFile } from "./lib/data/file.ts";
export {
  AppError,
  BashError,
  type BashFailure,
  BlockStartError,
  CancelError,
  type CancelledBy,
  CancelledError,
  CheckpointError,
  type CommandOutcome,
  ConfigError,
  type ConfigPlace,
  DependencyError,
  type ErrorExtras,
  ExecutorError,
  InternalError,
  InvalidResourceSpecificationError,
  JoinError,
  ManagerLostError,
  MissingOutputsError,
  NoResourcesError,
  PermissionError,
  ProviderError,
  RemoteError,
  ResultError,
  SerializationError,
  StatusError,
  SubmitError,
  type TaskLink,
  type TaskPlace,
  TaskTimeoutError,
  ToolkitError,
  UnsupportedError,
  WireError,
  type WorkerEnd,
  WorkerLostError,
  WorkflowError,
} from "./lib/errors/mod.ts";
export type { ExecutorStatus } from "./lib/executor.ts";
export type { BashResult } from "./lib/graph/bash_outcome.ts";
export {
  DataFuture,
  type Ended,
  type Fulfilled,
  type Member,
  type MemberKey,
  type Rejected,
  TaskFuture,
} from "./lib/graph/future.ts";
export { asCompleted, gather, map, type MapOptions } from "./lib/graph/helpers.ts";
export type { TaskState } from "./lib/graph/states.ts";
export type { EventBody, EventHead, RunCounts, WorkflowEvent } from "./lib/monitor/events.ts";
export { type EventsOptions, Workflow, type WorkflowSummary } from "./lib/workflow.ts";
