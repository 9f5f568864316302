import type { BenchCase, Contender, Setting } from "../case.ts";
import { denoScript, pythonScript, whyMissing } from "../peers.ts";

/** What tasks take while they wait and when they are over. */
export function memoryCases({ peers, quick }: Setting): readonly BenchCase[] {
  const sizes = quick ? [200_000] : [200_000, 1_000_000];
  const ours = (kind: string, moment: string, tasks: number): Contender => ({
    name: `sluice, ${kind}, ${tasks.toLocaleString("en-US")}`,
    how: "report",
    command: denoScript("ours/memory.ts", kind, moment, tasks),
  });
  const parsl = (moment: string): Contender => ({
    name: `Parsl threads, function, ${(quick ? 2000 : 10_000).toLocaleString("en-US")}`,
    how: "report",
    command: pythonScript(peers.parsl, "peers/parsl_peer.py", moment, quick ? 2000 : 10_000),
    missing: whyMissing(peers.parsl),
  });
  const waiting = ["function", "bash"].flatMap((kind) => sizes.map((tasks) => ours(kind, "waiting", tasks)));
  return [
    {
      name: "memory-waiting",
      title: "Memory of tasks that wait behind another one, with one number each",
      metrics: [
        { key: "heap", title: "heap bytes/task" },
        { key: "rss", title: "resident bytes/task" },
        { key: "total", title: "process, MB" },
      ],
      rounds: quick ? 1 : 2,
      contenders: [...waiting, parsl("waiting")],
      targets: waiting.flatMap(({ name }) => [
        { of: name, metric: "rss", against: [], want: "atMost" as const, value: 1024 },
        { of: name, metric: "total", against: [], want: "atMost" as const, value: 1000 },
      ]),
    },
    {
      name: "memory-finished",
      title: "Memory of tasks that are over",
      metrics: [
        { key: "held", title: "heap bytes/task, future held" },
        { key: "dropped", title: "heap bytes/task, future dropped" },
        { key: "rss", title: "resident bytes/task, future held" },
      ],
      rounds: quick ? 1 : 2,
      contenders: [ours("function", "finished", quick ? 50_000 : 200_000), parsl("finished")],
      targets: [
        {
          of: `sluice, function, ${(quick ? 50_000 : 200_000).toLocaleString("en-US")}`,
          metric: "held",
          against: [],
          want: "atMost",
          value: 1024,
        },
        {
          of: `sluice, function, ${(quick ? 50_000 : 200_000).toLocaleString("en-US")}`,
          metric: "dropped",
          against: [],
          want: "atMost",
          value: 32,
        },
      ],
    },
  ];
}
