import { bash, gather, sh, type TaskFuture } from "../../mod.ts";
import { treeCpuMs } from "../processes.ts";
import { check, numberArg, open, report } from "./report.ts";

/** Bash apps, two at a time: `true`, or one that writes its argument. */
const [kind] = Deno.args;
const tasks = numberArg(1);
await using _wf = await open();
const nothing = bash`true`;
const echo = bash((text: string) => sh`printf %s ${text}`).text();
const hundred = "x".repeat(95);
const one: (i: number) => TaskFuture<unknown> = kind === "echo"
  ? (i) => echo(hundred + String(i).padStart(5, "0"))
  : () => nothing();
await gather(Array.from({ length: 20 }, (_, i) => one(i)));

const cpu = treeCpuMs();
const start = performance.now();
const values = await gather(Array.from({ length: tasks }, (_, i) => one(i)));
const end = performance.now();
const spent = treeCpuMs() - cpu;
check(values.length === tasks, "a result is missing");
if (kind === "echo") check(values.every((v, i) => v === hundred + String(i).padStart(5, "0")), "a text is wrong");
report({ perSecond: tasks / (end - start) * 1000, cpu: spent / tasks * 1000 });
