import type { BenchCase, Setting } from "../case.ts";
import { bashCases } from "./bash.ts";
import { graphCases } from "./graph.ts";
import { growthCases } from "./growth.ts";
import { latencyCases } from "./latency.ts";
import { memoCases } from "./memo.ts";
import { memoryCases } from "./memory.ts";
import { startCases } from "./start.ts";
import { throughputCases } from "./throughput.ts";
import { workerCases } from "./worker.ts";

/** All cases, in the order in which they run. */
export function allCases(setting: Setting): readonly BenchCase[] {
  return [
    startCases,
    throughputCases,
    latencyCases,
    bashCases,
    memoryCases,
    growthCases,
    graphCases,
    memoCases,
    workerCases,
  ].flatMap((make) => make(setting));
}
