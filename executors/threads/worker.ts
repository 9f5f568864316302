import { workerData } from "node:worker_threads";
import type { RunMessage, WorkerSetup } from "./protocol.ts";
import { Runner } from "./runner.ts";

// What the thread pool starts a worker with.
const { port, words } = workerData as WorkerSetup;
const runner = new Runner(words, (results) => port.postMessage(results));
port.onmessage = (event: MessageEvent<RunMessage>) => runner.take(event.data);

const exit = Deno.exit;
// Results of earlier tasks must not go down with a function that ends its worker.
Deno.exit = (code?: number): never => {
  runner.flush();
  return exit(code);
};
