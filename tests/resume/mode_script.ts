// deno-lint-ignore-file no-console
/**
 * `mode_script.ts RUNS MODE [checkpoint|close|wait]`: runs three tasks, says how many came from the cache, does what it
 * is told, says `ready` and waits to be killed.
 */
import { app, type ConfigInput, gather, load } from "../../mod.ts";

const [runDir = "", mode = "", then = ""] = Deno.args;
const checkpointMode = mode as Exclude<ConfigInput["checkpointMode"], undefined>;
const wf = await load({
  runDir,
  checkpointMode,
  resume: "last",
  cache: true,
  progress: "off",
  checkpointPeriod: then === "wait" ? 0.05 : "1h",
});
const events = wf.events();
const double = app((x: number) => ({ x, y: 2 * x }));
const values = await gather([1, 2, 3].map((x) => double(x)));
console.log(JSON.stringify(values), wf.summary().memoized);
if (then === "checkpoint") console.log("wrote", await wf.checkpoint(), await wf.checkpoint());
if (then === "wait") {
  let written = 0;
  for await (const event of events) {
    if (event.kind === "CheckpointWritten") written += event.records;
    if (written === 3) break;
  }
}
if (then === "close") await wf.close();
console.log("ready");
setTimeout(() => {}, 60_000);
