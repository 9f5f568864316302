import { left, type ProgressSnapshot, worked } from "./render_progress.ts";

/** How far back the speed of an app is looked at. */
const WINDOW_MS = 30_000;
/** How often a sample is kept. */
const SAMPLE_MS = 1000;
/** Fewer ends than this in the window say too little. */
const ENOUGH = 5;

interface Sample {
  readonly at: number;
  readonly worked: ReadonlyMap<string, number>;
}

/** Tells how fast the tasks of each app end now, which the average of a long run does not. */
export class RateMeter {
  readonly #began = new Map<string, number>();
  #samples: Sample[] = [];

  /** Looks at a snapshot and returns tasks per second for each app whose speed is known. */
  update(snapshot: ProgressSnapshot): ReadonlyMap<string, number> {
    const now = snapshot.elapsedMs;
    const rates = new Map<string, number>();
    const oldest = this.#samples[0];
    for (const app of snapshot.apps) {
      const ended = worked(app);
      const began = this.#began.get(app.name) ?? this.#begin(app.name, now, app.running > 0 || ended > 0);
      const before = oldest?.worked.get(app.name) ?? 0;
      const recent = oldest !== undefined && ended - before >= ENOUGH && now > oldest.at && oldest.at >= began;
      if (recent) rates.set(app.name, (1000 * (ended - before)) / (now - oldest.at));
      else if (ended > 0 && now > began && left(app) > 0) rates.set(app.name, (1000 * ended) / (now - began));
    }
    this.#keep(snapshot, now);
    return rates;
  }

  /** An app that waits for another has not begun: the wait is not its slowness. */
  #begin(name: string, now: number, running: boolean): number {
    const began = this.#samples.at(-1)?.at ?? 0;
    if (running) this.#began.set(name, began);
    return running ? began : now;
  }

  #keep(snapshot: ProgressSnapshot, now: number): void {
    if (now - (this.#samples.at(-1)?.at ?? -SAMPLE_MS) < SAMPLE_MS) return;
    this.#samples.push({ at: now, worked: new Map(snapshot.apps.map((app) => [app.name, worked(app)])) });
    this.#samples = this.#samples.filter((sample) => sample.at >= now - WINDOW_MS);
  }
}
