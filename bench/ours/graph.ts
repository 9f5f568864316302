import { app, type TaskFuture } from "../../mod.ts";
import { ownCpuMs } from "../processes.ts";
import { check, numberArg, open, report } from "./report.ts";

/** A shape of graph: many into one, one after the other, or a chain whose head fails. */
const [shape] = Deno.args;
const tasks = numberArg(1);
await using _wf = await open();
const increment = app((x: number) => x + 1);
const sum = app((list: readonly number[]) => list.reduce((a, b) => a + b, 0));
const fail = app((_x: number): number => {
  throw new RangeError("broken head");
});
await sum(Array.from({ length: 1000 }, (_, i) => increment(i)));

function chain(head: TaskFuture<number>): TaskFuture<number> {
  let last = head;
  for (let i = 1; i < tasks; i++) last = increment(last);
  return last;
}

const cpu = ownCpuMs();
const start = performance.now();
if (shape === "fan-in") {
  const total = await sum(Array.from({ length: tasks }, (_, i) => increment(i)));
  check(total === tasks * (tasks + 1) / 2, `the sum is ${total}`);
} else if (shape === "chain") {
  check(await chain(increment(0)) === tasks, "the chain is broken");
} else {
  const last = chain(fail(0));
  const error: unknown = await last.catch((e: unknown) => e);
  check(error instanceof Error && error.message.includes("broken head"), `the end of the chain says: ${error}`);
}
const spent = performance.now() - start;
report({ microseconds: spent / tasks * 1000, seconds: spent / 1000, cpu: (ownCpuMs() - cpu) / tasks * 1000 });
// Links that nobody awaited have failed as well, as they should; that is no failure of the measurement.
if (shape === "failing-chain") Deno.exit(0);
