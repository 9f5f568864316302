// deno-lint-ignore-file no-console
/** Shows progress on the real stderr, prints something, and ends in the way that its argument names. */
import { systemClock } from "../../../lib/clock.ts";
import { EventBus } from "../../../lib/monitor/bus.ts";
import { startProgress } from "../../../lib/monitor/progress.ts";
import { stderrTerminal } from "../../../lib/monitor/terminal.ts";

const app = { name: "align", waiting: 5, running: 2, done: 3, memoized: 0, failed: 0, cancelled: 0 };
startProgress({
  read: () => ({ elapsedMs: 0, apps: [app], executors: [] }),
  bus: new EventBus("0007", systemClock),
  clock: systemClock,
  terminal: stderrTerminal(),
});
await systemClock.sleep(700);
console.log("printed while it runs");
await systemClock.sleep(150);
if (Deno.args[0] === "throw") throw new Error("the script broke");
if (Deno.args[0] === "exit") Deno.exit(3);
