import type { Job } from "./_worker.ts";

/** A real worker, asked one thing after the other. */
export class TestWorker implements Disposable {
  readonly #worker = new Worker(new URL("./_worker.ts", import.meta.url), { type: "module" });

  /** Asks, and gives the answer or throws what the worker threw. */
  ask(job: Job): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = (event: MessageEvent<{ ok: boolean; value: unknown }>) => {
        if (event.data.ok) resolve(event.data.value);
        else reject(new Error(String(event.data.value)));
      };
      this.#worker.onmessageerror = () => reject(new Error("the message could not be read"));
      this.#worker.postMessage(job);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}
