import type { BenchCase, Setting } from "../case.ts";
import { denoScript, here, pythonScript, whyMissing } from "../peers.ts";

/** A fresh script: from starting its process to the first result on its stdout, and to its end. */
export function startCases({ peers, quick }: Setting): readonly BenchCase[] {
  const missing = whyMissing(peers.parsl);
  const parsl = (kind: string): string[] => pythonScript(peers.parsl, "peers/parsl_first.py", kind);
  return [{
    name: "start",
    title: "First result of a fresh script, from the start of its process",
    metrics: [{ key: "first", title: "first result, ms" }, { key: "exit", title: "exit, ms" }],
    rounds: quick ? 3 : 11,
    contenders: [
      { name: "sluice, function", how: "process", command: script("ours/first_function.ts") },
      { name: "sluice, bash", how: "process", command: script("ours/first_bash.ts") },
      { name: "sluice, load() and function", how: "process", command: script("ours/first_loaded.ts") },
      { name: "Parsl, function", how: "process", command: parsl("function"), missing },
      { name: "Parsl, bash", how: "process", command: parsl("bash"), missing },
      { name: "Deno alone: console.log(9)", how: "process", command: script("peers/first_nothing.ts") },
      { name: "Deno and a bare worker", how: "process", command: script("peers/first_bare_worker.ts") },
    ],
    targets: [
      target("sluice, function", "Parsl, function"),
      target("sluice, bash", "Parsl, bash"),
      target("sluice, load() and function", "Parsl, function"),
    ],
  }];
}

function target(of: string, against: string): BenchCase["targets"][number] {
  return { of, metric: "first", against: [against], want: "atMost", value: 0.1 };
}

/** As a user starts one: without the flags that the other measurements need. */
function script(path: string): string[] {
  return denoScript(path).filter((word) => !word.startsWith("--v8-flags")).with(-1, here(path));
}
