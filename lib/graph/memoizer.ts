import type { Task } from "./task.ts";

/** A result that is known already. */
export interface Known {
  /** Key it was found under. */
  readonly key: string;
  /** The result, as the schemas of the app made it. */
  readonly value: unknown;
}

/** Whether a raw result is one for a task, and what becomes of it there: the schemas of its app say so. */
export type Accepted =
  | { readonly kind: "accepted"; readonly value: unknown }
  | { readonly kind: "refused"; readonly why: string };

/** Knows earlier results, of this run and of those it resumes. */
export interface Memo {
  /**
   * The result of an equal task, or undefined. An equal task that is under way is waited for. What is not accepted is
   * not used. Never rejects: a cache that cannot be read costs a run of the task.
   */
  lookup(task: Task, accept: (raw: unknown) => Accepted): Promise<Known | undefined>;
  /**
   * Takes a result to be recorded, as it was before any schema; `settle` is called when it is safe, or could not be
   * made so.
   */
  record(task: Task, raw: unknown, settle: () => void): void;
  /** The results taken since the last call belong together. */
  flush(): void;
  /** Writes what is still held back; gives how many records that were. */
  checkpoint(): number;
  /** Writes what the mode asks for and closes the file. */
  close(): void;
}

/** Knows nothing and keeps nothing: for a workflow whose journal cannot be made. */
export const NO_MEMO: Memo = {
  lookup: () => Promise.resolve(undefined),
  record: (_task, _raw, settle) => settle(),
  flush: () => {},
  checkpoint: () => 0,
  close: () => {},
};
