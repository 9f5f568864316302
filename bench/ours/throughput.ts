import { app, gather } from "../../mod.ts";
import { ownCpuMs } from "../processes.ts";
import { check, numberArg, open, report } from "./report.ts";

/** Submits all, waits for all. */
const tasks = numberArg(0);
await using _wf = await open();
const same = app((x: number) => x);
await gather(Array.from({ length: 2000 }, (_, i) => same(i)));

const cpu = ownCpuMs();
const start = performance.now();
const futures = Array.from({ length: tasks }, (_, i) => same(i));
const submitted = performance.now();
const values = await gather(futures);
const end = performance.now();
check(values.length === tasks && values.every((value, i) => value === i), "a result is wrong");
report({
  perSecond: tasks / (end - start) * 1000,
  microseconds: (end - start) / tasks * 1000,
  submit: (submitted - start) / tasks * 1000,
  cpu: (ownCpuMs() - cpu) / tasks * 1000,
});
