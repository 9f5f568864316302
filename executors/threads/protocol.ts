import type { Code } from "../../lib/executor.ts";

/**
 * Between the script and a worker: flat lists, because one list of 300 values is cloned faster than 100 lists of 3, and
 * shared words, because they can be read while the other side is busy.
 */

/** From the script: code the worker does not have yet, then `seq, code id, announce, args` for each task. */
export interface RunMessage {
  readonly codes: readonly Code[] | undefined;
  readonly tasks: readonly unknown[];
}

/** Values for each task in `RunMessage.tasks`. */
export const TASK_FIELDS = 4;

/** From the worker: `seq, status, value` for each thing that happened. */
export type ResultMessage = readonly unknown[];

/** Values for each result in a `ResultMessage`. */
export const RESULT_FIELDS = 3;

/** What a result says; a `refused` one passed our own check and not the message's, which says why. */
export const Status = { value: 0, thrown: 1, unsendable: 2, started: 3, heapFull: 4, refused: 5 } as const;

/** Tasks that a worker can hold at once. */
export const RING = 1024;
/** Finds the place of a task in the ring. */
export const RING_MASK = RING - 1;

/** Shared words in front of the ring. */
export const Word = {
  /** Tasks the worker is done with, those that were taken back included. */
  done: 0,
  /** Microseconds it spent on them. */
  busy: 1,
  /** Where the ring begins. */
  ring: 8,
} as const;

/** State of a place in the ring. */
export const Place = { sent: 1, claimed: 2, revoked: 3, finished: 4 } as const;

/** Makes the shared words of one worker. */
export function sharedWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * (Word.ring + RING)));
}

/** What a worker is started with. */
export interface WorkerSetup {
  readonly port: MessagePort;
  readonly words: Int32Array;
}
