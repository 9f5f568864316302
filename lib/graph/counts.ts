/** How the tasks of one app are. */
export interface AppCounts {
  /** Name of the app. */
  readonly name: string;
  /** Not over and not at an executor. */
  waiting: number;
  /** At an executor. */
  launched: number;
  done: number;
  memoized: number;
  failed: number;
  dependencyFailed: number;
  cancelled: number;
}

/** Counts of all apps of a workflow, by name. */
export class Counts {
  readonly #apps = new Map<string, AppCounts>();

  /** The counts of one app. */
  of(name: string): AppCounts {
    let counts = this.#apps.get(name);
    if (counts === undefined) {
      counts = { name, waiting: 0, launched: 0, done: 0, memoized: 0, failed: 0, dependencyFailed: 0, cancelled: 0 };
      this.#apps.set(name, counts);
    }
    return counts;
  }

  /** All of them, in the order in which the apps were first called. */
  all(): readonly AppCounts[] {
    return [...this.#apps.values()];
  }
}
