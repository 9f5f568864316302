// deno-lint-ignore-file no-console
/**
 * Resume after a kill: run it, kill it at any moment (Ctrl-C, `kill -9`, a power cut), run it again: it goes on from there.
 *
 * With `cache: true` each result is on disk before its future is fulfilled; `resume: true` looks it up by the app's text, the
 * arguments and the contents of input files. Nothing that had finished runs twice.
 */
import { z } from "zod";
import { app, asCompleted, bash, load, sh } from "../mod.ts";

await using _workflow = await load({ resume: true, cache: true });

// Each task tells a log that it really ran, so that a second run can be told from the first.
const simulate = bash((seed: number, log: string) =>
  sh`sleep 0.1; echo ${seed} >> ${log}; echo $(( ${seed} * ${seed} ))`
)
  .json(z.number());
const sum = app((values: readonly number[]) => values.reduce((a, b) => a + b, 0));

const log = Deno.args[0] ?? "ran.txt";
const runs = Array.from({ length: 40 }, (_, seed) => simulate(seed, log));
let finished = 0;
for await (const _run of asCompleted(runs)) console.log(`${++finished} of ${runs.length}`);
console.log("sum:", await sum(runs));
console.log("came from the run before:", runs.filter((run) => run.state === "memoized").length);

/* prints, when it was not killed:
1 of 40
…
40 of 40
sum: 20540
came from the run before: 0
*/
