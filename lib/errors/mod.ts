/**
 * The tree of errors.
 *
 * @module
 */
export { type ErrorExtras, InternalError, PermissionError, ToolkitError, UnsupportedError } from "./base.ts";
export { CheckpointError } from "./checkpoint.ts";
export { ConfigError, type ConfigPlace, InvalidResourceSpecificationError } from "./config.ts";
export {
  BlockStartError,
  ExecutorError,
  ManagerLostError,
  NoResourcesError,
  WireError,
  type WorkerEnd,
  WorkerLostError,
} from "./executor.ts";
export { type CancelledBy, CancelledError, DependencyError, JoinError, type TaskLink, WorkflowError } from "./graph.ts";
export { CancelError, type CommandOutcome, ProviderError, StatusError, SubmitError } from "./provider.ts";
export {
  AppError,
  BashError,
  type BashFailure,
  MissingOutputsError,
  RemoteError,
  ResultError,
  SerializationError,
  type TaskPlace,
  TaskTimeoutError,
} from "./task.ts";
export { exitMeaning, signalMeaning, signalName } from "./words.ts";
