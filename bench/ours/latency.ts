import { app, bash } from "../../mod.ts";
import { quantile } from "../stats.ts";
import { numberArg, open, report } from "./report.ts";

/** One at a time: from the call to the awaited result. */
const [kind] = Deno.args;
const calls = numberArg(1);
await using _wf = await open();
const same = app((x: number) => x);
const nothing = bash`true`;
const one: (i: number) => PromiseLike<unknown> = kind === "bash" ? () => nothing() : same;
for (let i = 0; i < calls / 5; i++) await one(i);

const times: number[] = [];
for (let i = 0; i < calls; i++) {
  const start = performance.now();
  await one(i);
  times.push((performance.now() - start) * 1000);
}
times.sort((a, b) => a - b);
report({ p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99) });
