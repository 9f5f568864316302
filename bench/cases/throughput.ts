import type { BenchCase, Contender, Setting } from "../case.ts";
import { denoScript, pythonScript, whyMissing } from "../peers.ts";

/** How many tasks Parsl and Python's process pool are given at most: they need a minute for 100,000. */
const SLOW = 10_000;

const BARE = { 1: "bare pool, 1 ahead", 64: "bare pool, 64 ahead", unbounded: "bare pool, all at once" } as const;
const bareTarget = { of: "sluice", metric: "perSecond", want: "atLeast" } as const;

/** Functions that do nothing: all are called, then all are waited for. */
export function throughputCases(setting: Setting): readonly BenchCase[] {
  const sizes = setting.quick ? [1000, 10_000] : [1000, 10_000, 100_000];
  return sizes.map((tasks) => throughputCase(tasks, setting));
}

function throughputCase(tasks: number, { peers, quick }: Setting): BenchCase {
  const slow = Math.min(tasks, quick ? SLOW / 5 : SLOW);
  const of = slow < tasks ? ` (${slow.toLocaleString("en-US")} tasks)` : "";
  const parsl = `Parsl threads${of}`;
  const quiet = `Parsl threads, no log${of}`;
  const bare = (depth: keyof typeof BARE): Contender => ({
    name: BARE[depth],
    how: "report",
    command: denoScript("peers/bare_throughput.ts", tasks, depth),
  });
  const python = (name: string, kind: string, count: number): Contender => ({
    name,
    how: "report",
    command: pythonScript(peers.python, "peers/futures_pool.py", kind, count),
    missing: whyMissing(peers.python),
  });
  const withParsl = (name: string, ...flags: readonly string[]): Contender => ({
    name,
    how: "report",
    command: pythonScript(peers.parsl, "peers/parsl_peer.py", "throughput", slow, ...flags),
    missing: whyMissing(peers.parsl),
  });
  return {
    name: `throughput-${tasks}`,
    title: `${tasks.toLocaleString("en-US")} function apps that do nothing, two workers`,
    metrics: [{ key: "perSecond", title: "tasks/s" }, { key: "cpu", title: "CPU µs/task" }],
    rounds: quick ? 2 : 5,
    contenders: [
      { name: "sluice", how: "report", command: denoScript("ours/throughput.ts", tasks) },
      bare(1),
      bare(64),
      bare("unbounded"),
      python("Python ThreadPoolExecutor", "thread", tasks),
      python(`Python ProcessPoolExecutor${of}`, "process", slow),
      withParsl(parsl),
      withParsl(quiet, "no-log"),
    ],
    targets: [
      { of: "sluice", metric: "perSecond", against: [], want: "atLeast", value: 20_000 },
      { ...bareTarget, against: Object.values(BARE), called: "the best bare pool", value: 0.6, aim: 0.9 },
      { ...bareTarget, against: [BARE[1]], value: 0.9 },
      { of: "sluice", metric: "perSecond", against: [parsl], want: "atLeast", value: 10 },
    ],
  };
}
