/// <reference lib="deno.worker" />
/** Does in a real worker what tests ask: evaluates shipped functions, and sends values back. */

export type Job =
  | { readonly kind: "call"; readonly source: string; readonly args: readonly unknown[] }
  | { readonly kind: "echo"; readonly value: unknown }
  | { readonly kind: "globals" };

async function work(job: Job): Promise<unknown> {
  switch (job.kind) {
    case "call": {
      const fn: unknown = (0, eval)(`(${job.source})`);
      if (typeof fn !== "function") throw new TypeError(`not a function: ${typeof fn}`);
      const result: unknown = await fn(...job.args);
      if (result instanceof Iterator) return [...result];
      const isAsync = typeof result === "object" && result !== null && Symbol.asyncIterator in result;
      return isAsync ? await Array.fromAsync(result as AsyncIterable<unknown>) : result;
    }
    case "echo":
      return job.value;
    case "globals":
      return Object.getOwnPropertyNames(globalThis);
  }
}

self.onmessage = async (event: MessageEvent<Job>) => {
  try {
    self.postMessage({ ok: true, value: await work(event.data) });
  } catch (error) {
    self.postMessage({ ok: false, value: String(error) });
  }
};
