/** What a function that names output files is told of the task. */
export interface StdAutopathInfo {
  /** Short id: `t42`. */
  readonly task: string;
  /** Name of the app. */
  readonly app: string;
}

/** Chooses the file for a stream that was asked for with `AUTO`. */
export type StdAutopath = (info: StdAutopathInfo, stream: "stdout" | "stderr") => string;
