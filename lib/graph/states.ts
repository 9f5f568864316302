/** Every state a task can be in. `running` is told by executors that know it; the others always are. */
export type TaskState =
  | "pending"
  | "ready"
  | "launched"
  | "running"
  | "joining"
  | "done"
  | "memoized"
  | "failed"
  | "dependencyFailed"
  | "cancelled";

/** What may follow what. A retry goes from `launched` or `running` back to `pending` while it waits, or to `ready`. */
export const TRANSITIONS: Readonly<Record<TaskState, readonly TaskState[]>> = {
  pending: ["ready", "dependencyFailed", "cancelled", "failed"],
  ready: ["launched", "joining", "memoized", "done", "failed", "dependencyFailed", "cancelled", "pending"],
  launched: ["running", "done", "failed", "cancelled", "pending"],
  running: ["done", "failed", "cancelled", "pending"],
  joining: ["done", "failed", "cancelled", "pending"],
  done: [],
  memoized: [],
  failed: [],
  dependencyFailed: [],
  cancelled: [],
};

/** Whether a task in this state is over. */
export function isFinal(state: TaskState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** Whether the graph may move a task so. */
export function mayMove(from: TaskState, to: TaskState): boolean {
  return TRANSITIONS[from].includes(to);
}
