import type { BenchCase, Contender, Setting, Target } from "../case.ts";
import { denoScript } from "../peers.ts";

/** Whether the time of one task stays the same as there are more of them. */
export function growthCases({ quick }: Setting): readonly BenchCase[] {
  const sizes = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
  const contenders = sizes.map((tasks): Contender => ({
    name: nameOf(tasks),
    how: "report",
    command: denoScript("ours/throughput.ts", tasks),
  }));
  return [{
    name: "growth",
    title: "Time per task as there are more of them, function apps that do nothing",
    metrics: [{ key: "microseconds", title: "µs/task" }, { key: "cpu", title: "CPU µs/task" }],
    rounds: quick ? 2 : 3,
    contenders,
    targets: sizes.slice(1).map((tasks): Target => ({
      of: nameOf(tasks),
      metric: "microseconds",
      against: [nameOf(10_000)],
      want: "atMost",
      value: 1.3,
    })),
  }];
}

function nameOf(tasks: number): string {
  return `${tasks.toLocaleString("en-US")} tasks`;
}
