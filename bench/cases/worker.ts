import type { BenchCase, Setting } from "../case.ts";
import { denoScript } from "../peers.ts";

/** What workers cost when they are there. */
export function workerCases({ quick }: Setting): readonly BenchCase[] {
  return [{
    name: "worker",
    title: "Four worker threads and four warm shells that have nothing to do",
    metrics: [
      { key: "worker", title: "resident MB/worker" },
      { key: "total", title: "process, MB" },
      { key: "shells", title: "all shells, MB" },
      { key: "idle", title: "CPU, % of a core" },
    ],
    rounds: quick ? 1 : 3,
    contenders: [{ name: "sluice", how: "report", command: denoScript("ours/worker.ts") }],
    targets: [
      { of: "sluice", metric: "worker", against: [], want: "atMost", value: 60 },
      { of: "sluice", metric: "idle", against: [], want: "atMost", value: 1 },
    ],
  }];
}
