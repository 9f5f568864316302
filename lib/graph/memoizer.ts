import type { Task } from "./task.ts";

/** A result that is known already. */
export interface Known {
  /** Key it was found under. */
  readonly key: string;
  /** The result. */
  readonly value: unknown;
}

/** Knows earlier results, of this run and of those it resumes. */
export interface Memo {
  /**
   * The result of an equal task, or undefined. An equal task that is under way is waited for. Sets the key of the task.
   */
  lookup(task: Task): Promise<Known | undefined>;
  /** Takes results to be recorded; each `settle` is called when its result is safe, or could not be made so. */
  record(task: Task, value: unknown, settle: () => void): void;
  /** The results taken since the last call belong together. */
  flush(): void;
  /** Writes what is still held back; gives how many records that were. */
  checkpoint(): number;
  /** Writes what the mode asks for and closes the file. */
  close(): void;
}
