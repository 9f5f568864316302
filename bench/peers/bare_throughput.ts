import { ownCpuMs } from "../processes.ts";
import { check, numberArg, report } from "../ours/report.ts";
import { BarePool } from "./bare_pool.ts";

/** Submits all, waits for all, with nothing but two workers and messages. */
const tasks = numberArg(0);
const depth = Deno.args[1] === "unbounded" ? Infinity : numberArg(1);
const pool = new BarePool(2, depth);
await Promise.all(Array.from({ length: 2000 }, (_, i) => pool.call(i)));

const cpu = ownCpuMs();
const start = performance.now();
const values = await Promise.all(Array.from({ length: tasks }, (_, i) => pool.call(i)));
const end = performance.now();
check(values.length === tasks && values.every((value, i) => value === i), "a result is wrong");
report({
  perSecond: tasks / (end - start) * 1000,
  microseconds: (end - start) / tasks * 1000,
  cpu: (ownCpuMs() - cpu) / tasks * 1000,
});
pool.close();
