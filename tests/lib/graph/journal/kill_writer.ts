/**
 * A run that records results until it is killed: `kill_writer.ts RUNS FIRST LOCAL`. It prints the number of each result
 * after `record` returned, so whatever is printed must be found by every later run.
 */
import { Journal } from "../../../../lib/graph/journal/journal.ts";
import { makeRunDir } from "../../../../lib/graph/journal/run_dir.ts";
import { keyOf, partsOf, recordOf } from "./helpers.ts";

const [runs = "", first = "0", local = "true"] = Deno.args;
const encoder = new TextEncoder();

function say(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

say("begin");
const journal = Journal.create(makeRunDir(runs).path, { toolkit: "1", resume: "last", local: local === "true" });
say("made");
for (let n = Number(first);;) {
  // One at a time, small batches, and now and then something big enough to make SQLite tidy up its log.
  const size = n % 7 === 0 ? 50 : 1;
  const batch = Array.from({ length: size }, (_, i) => recordOf(n + i, "square", textOf(n + i)));
  journal.miss({ task: `t${n}`, app: "square", key: keyOf(n), parts: partsOf(n) });
  journal.record(batch);
  say(batch.map((_, i) => n + i).join("\n"));
  n += size;
}

function textOf(n: number): string {
  return n % 97 === 0 ? `${n}`.repeat(100_000) : `result ${n}`;
}
