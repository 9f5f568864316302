import type { BenchCase, Setting } from "../case.ts";
import { denoScript, pythonScript, whyMissing } from "../peers.ts";

/** Results that are kept as each task ends, and found again. */
export function memoCases({ peers, quick }: Setting): readonly BenchCase[] {
  return [{
    name: "memo",
    title: `Kept results (mode taskExit): ${
      quick ? "10,000" : "100,000"
    } made, found in the run, found by a resumed run`,
    metrics: [
      { key: "miss", title: "made, tasks/s" },
      { key: "hit", title: "found, tasks/s" },
      { key: "open", title: "opening the resumed run, ms" },
      { key: "resumed", title: "found by it, tasks/s" },
    ],
    rounds: quick ? 1 : 2,
    contenders: [
      { name: "sluice", how: "report", command: denoScript("ours/memo.ts", quick ? 10_000 : 100_000) },
      {
        name: `Parsl threads (${quick ? "500" : "2,000"} tasks)`,
        how: "report",
        command: pythonScript(peers.parsl, "peers/parsl_peer.py", "memo", quick ? 500 : 2000),
        missing: whyMissing(peers.parsl),
      },
    ],
    targets: [],
  }];
}
