/** What every event carries. */
export interface EventHead {
  /** Version of the event format. */
  readonly v: 1;
  /** Number of the event in its run, from 1, without gaps. */
  readonly seq: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The run: `0007`. */
  readonly run: string;
}

/** How often each thing happened in a run. */
export interface RunCounts {
  /** Tasks called. */
  readonly tasks: number;
  /** Tasks that ended well, memoized ones included. */
  readonly done: number;
  /** Of those, the ones whose result was already known. */
  readonly memoized: number;
  /** Tasks whose own work failed. */
  readonly failed: number;
  /** Tasks that could not run because one they need failed. */
  readonly dependencyFailed: number;
  /** Tasks that were cancelled. */
  readonly cancelled: number;
  /** Failed tasks whose error nobody looked at. */
  readonly unseen: number;
}

/** One thing that happened, without its head: the one union that feeds terminal, log, journal and dashboard. */
export type EventBody =
  | { readonly kind: "WorkflowOpened"; readonly runDir: string | undefined; readonly executors: readonly string[] }
  | { readonly kind: "WorkflowClosed"; readonly counts: RunCounts; readonly durationMs: number }
  | { readonly kind: "TaskSubmitted"; readonly task: string; readonly app: string; readonly waitingFor: number }
  | {
    readonly kind: "TaskLaunched";
    readonly task: string;
    readonly app: string;
    readonly try: number;
    readonly executor: string;
  }
  | {
    readonly kind: "TaskStarted";
    readonly task: string;
    readonly app: string;
    readonly try: number;
    readonly worker: string;
  }
  | { readonly kind: "TaskJoining"; readonly task: string; readonly app: string; readonly waitingFor: number }
  | {
    readonly kind: "TaskRetried";
    readonly task: string;
    readonly app: string;
    readonly try: number;
    readonly error: string;
    readonly delayMs: number;
  }
  | { readonly kind: "TaskMemoized"; readonly task: string; readonly app: string; readonly key: string }
  | { readonly kind: "TaskDone"; readonly task: string; readonly app: string; readonly durationMs: number }
  | {
    readonly kind: "TaskFailed";
    readonly task: string;
    readonly app: string;
    readonly how: "failed" | "dependencyFailed" | "cancelled";
    readonly error: string;
  }
  | { readonly kind: "WorkerLost"; readonly executor: string; readonly worker: string; readonly why: string }
  | { readonly kind: "CheckpointWritten"; readonly records: number }
  | { readonly kind: "Warning"; readonly message: string };

/** One thing that happened in a run. */
export type WorkflowEvent = EventHead & EventBody;

/** The name of a kind of event. */
export type EventKind = EventBody["kind"];

/** The body of the events of one kind. */
export type EventOf<K extends EventKind> = Extract<EventBody, { readonly kind: K }>;
