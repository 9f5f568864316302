// deno-lint-ignore-file no-console
/** `full_disk_script.ts RUNS`: 300 tasks with results of 20 KB each, whatever the disk says. */
import { app, gather, load } from "../../mod.ts";

const wf = await load({ runDir: Deno.args[0] ?? "", cache: true, progress: "off" });
const warnings: string[] = [];
const events = wf.events();
const heard = (async () => {
  for await (const event of events) if (event.kind === "Warning") warnings.push(event.message);
})();
const big = app((x: number) => String(x).padEnd(20_000, "."));
const values = await gather(Array.from({ length: 300 }, (_, x) => big(x)));
const right = values.every((value, x) => value === String(x).padEnd(20_000, "."));
const { failed } = wf.summary();
await wf.close();
await heard;
console.log(JSON.stringify({ right, failed, warnings }));
