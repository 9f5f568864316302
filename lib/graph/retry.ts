import type { RetryHandler, RetryInfo } from "../apps/options.ts";
import { CancelledError, DependencyError, ToolkitError } from "../errors/mod.ts";

/** How long to wait before trying again. */
export interface Backoff {
  /** Seconds before the second try. */
  readonly initial: number;
  /** What each further wait is multiplied by. */
  readonly factor: number;
  /** Longest wait, in seconds. */
  readonly max: number;
  /** Share of the wait that is left to chance, from 0 to 1. */
  readonly jitter: number;
}

/** The rules a task is retried by. */
export interface RetryRules {
  /** The sum of costs up to which it is tried again. */
  readonly retries: number;
  /** Says what a failure costs; without one each costs 1. */
  readonly handler: RetryHandler | undefined;
  /** How long to wait; without one it is tried again at once. */
  readonly backoff: Backoff | undefined;
}

/** What is to be done with a failed try. */
export type RetryDecision =
  | { readonly kind: "retry"; readonly cost: number; readonly delayMs: number }
  | { readonly kind: "fail"; readonly error: unknown };

/**
 * Decides whether a failed try is tried again. Without a handler only errors that may go away (`retriable`) are; what
 * a handler throws becomes the error of the task.
 *
 * @param spent What the failures before this one cost.
 * @param chance A number from 0 to 1 for the jitter.
 */
export function decideRetry(
  rules: RetryRules,
  error: unknown,
  info: RetryInfo,
  spent: number,
  chance: number,
): RetryDecision {
  if (error instanceof CancelledError || error instanceof DependencyError) return { kind: "fail", error };
  let cost = 1;
  if (rules.handler !== undefined) {
    try {
      cost = rules.handler(error, info);
    } catch (thrown) {
      return { kind: "fail", error: thrown };
    }
    if (typeof cost !== "number" || Number.isNaN(cost)) {
      const got = Deno.inspect(cost);
      return { kind: "fail", error: new TypeError(`Cannot use what retryHandler returned: ${got} is not a number`) };
    }
  } else if (error instanceof ToolkitError && !error.retriable) return { kind: "fail", error };
  if (spent + cost > rules.retries) return { kind: "fail", error };
  return { kind: "retry", cost, delayMs: delayOf(rules.backoff, info.try, chance) };
}

/** The wait after a failed try, in milliseconds. */
function delayOf(backoff: Backoff | undefined, tried: number, chance: number): number {
  if (backoff === undefined) return 0;
  // After a thousand tries the factor is Infinity, and 0 times that is no number.
  const full = backoff.initial === 0 ? 0 : Math.min(backoff.max, backoff.initial * backoff.factor ** (tried - 1));
  return 1000 * full * (1 - backoff.jitter * chance);
}
