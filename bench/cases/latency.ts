import type { BenchCase, Contender, Setting } from "../case.ts";
import { denoScript, pythonScript, whyMissing } from "../peers.ts";

const METRICS = [
  { key: "p50", title: "p50, µs" },
  { key: "p95", title: "p95, µs" },
  { key: "p99", title: "p99, µs" },
];

/** One task at a time: from the call to the awaited result. */
export function latencyCases({ peers, quick }: Setting): readonly BenchCase[] {
  const parsl = (kind: string, calls: number): Contender => ({
    name: "Parsl threads",
    how: "report",
    command: pythonScript(peers.parsl, "peers/parsl_peer.py", "latency", calls, kind),
    missing: whyMissing(peers.parsl),
  });
  return [
    {
      name: "latency-function",
      title: "One function app at a time, from call to result",
      metrics: METRICS,
      rounds: quick ? 2 : 5,
      contenders: [
        { name: "sluice", how: "report", command: denoScript("ours/latency.ts", "function", quick ? 2000 : 10_000) },
        {
          name: "bare worker",
          how: "report",
          command: denoScript("peers/bare_latency.ts", "function", quick ? 2000 : 10_000),
        },
        parsl("function", quick ? 200 : 1000),
      ],
      targets: [
        { of: "sluice", metric: "p50", against: [], want: "atMost", value: 150 },
        { of: "sluice", metric: "p95", against: [], want: "atMost", value: 150 },
      ],
    },
    {
      name: "latency-bash",
      title: "One bash app (`true`) at a time, from call to result",
      metrics: METRICS,
      rounds: quick ? 2 : 5,
      contenders: [
        { name: "sluice", how: "report", command: denoScript("ours/latency.ts", "bash", quick ? 200 : 500) },
        {
          name: "Deno.Command bash -c",
          how: "report",
          command: denoScript("peers/bare_latency.ts", "bash", quick ? 200 : 500),
        },
        parsl("bash", quick ? 100 : 250),
      ],
      targets: [],
    },
  ];
}
