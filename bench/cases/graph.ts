import type { BenchCase, Contender, Setting } from "../case.ts";
import { denoScript, pythonScript, whyMissing } from "../peers.ts";

const METRICS = [{ key: "microseconds", title: "µs/task" }, { key: "seconds", title: "s" }, {
  key: "cpu",
  title: "CPU µs/task",
}];

/** Shapes of graphs, each at two sizes: the time per task must stay. */
export function graphCases(setting: Setting): readonly BenchCase[] {
  return [
    graphCase(setting, "fan-in", "Many tasks into one", true),
    graphCase(setting, "chain", "Tasks one after the other", true),
    graphCase(setting, "failing-chain", "A chain whose first task fails", false),
  ];
}

function graphCase({ peers, quick }: Setting, shape: string, title: string, withParsl: boolean): BenchCase {
  const [small, large] = quick ? [2000, 20_000] : [10_000, 100_000];
  const ours = (tasks: number): Contender => ({
    name: `sluice, ${tasks.toLocaleString("en-US")}`,
    how: "report",
    command: denoScript("ours/graph.ts", shape, tasks),
  });
  const parsl = `Parsl threads, ${(small / 10).toLocaleString("en-US")}`;
  const peer: Contender = {
    name: parsl,
    how: "report",
    command: pythonScript(peers.parsl, "peers/parsl_peer.py", shape, small / 10),
    missing: whyMissing(peers.parsl),
  };
  return {
    name: shape,
    title,
    metrics: METRICS,
    rounds: quick ? 2 : 3,
    contenders: [ours(small), ours(large), ...withParsl ? [peer] : []],
    targets: [
      { of: ours(large).name, metric: "microseconds", against: [ours(small).name], want: "atMost", value: 1.3 },
    ],
  };
}
