import type { RetryHandler } from "../apps/options.ts";
import type { StdAutopath } from "../config/handlers.ts";
import type { Backoff } from "./retry.ts";

/** The settings of a workflow that its tasks look at. */
export interface KernelSettings {
  /** Retries of an app that says nothing about them. */
  readonly retries: number;
  /** Retry handler of an app that has none. */
  readonly retryHandler: RetryHandler | undefined;
  /** How long to wait between tries. */
  readonly backoff: Backoff | undefined;
  /** Seconds a try of an app that says nothing may run. */
  readonly walltime: number | undefined;
  /** Whether scripts run under `set -euo pipefail`. */
  readonly strict: boolean;
  /** Whether apps that say nothing are cached. */
  readonly cache: boolean;
  /** Names the file of a stream given as `AUTO`. */
  readonly stdAutopath: StdAutopath | undefined;
}

/** What a workflow has without a configuration. */
export const DEFAULT_SETTINGS: KernelSettings = {
  retries: 0,
  retryHandler: undefined,
  backoff: undefined,
  walltime: undefined,
  strict: true,
  cache: false,
  stdAutopath: undefined,
};
