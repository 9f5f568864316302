import { numberArg, report } from "../ours/report.ts";
import { quantile } from "../stats.ts";
import { BarePool } from "./bare_pool.ts";

/** One at a time: a message to a worker and back, or a bash started by hand. */
const [kind] = Deno.args;
const calls = numberArg(1);
const pool = new BarePool(2, 1);
const bash = (): Promise<unknown> => new Deno.Command("bash", { args: ["-c", "true"] }).output();
const one: (i: number) => Promise<unknown> = kind === "bash" ? bash : (i) => pool.call(i);
for (let i = 0; i < calls / 5; i++) await one(i);

const times: number[] = [];
for (let i = 0; i < calls; i++) {
  const start = performance.now();
  await one(i);
  times.push((performance.now() - start) * 1000);
}
times.sort((a, b) => a - b);
report({ p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99) });
pool.close();
