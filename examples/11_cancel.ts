// deno-lint-ignore-file no-console
/** Cancelling: one task, many by an AbortSignal, or the whole workflow. What a command started is ended with it. */
import { bash, CancelledError, load, sh } from "../mod.ts";

await using workflow = await load();
const search = bash((seconds: number) => sh`sleep ${seconds}; echo found after ${seconds} s`).text();

// The first answer wins, the others are called off.
const racers = [search(60), search(0.1), search(50)];
console.log(await Promise.race(racers));
for (const racer of racers) racer.cancel("another one was faster");
for (const racer of racers) {
  const end = await racer.then(() => "answered", (error) => error);
  console.log(racer.state, end instanceof CancelledError ? `by ${end.by}: ${end.message}` : end);
}

// A signal stops all that carry it: here after half a second.
const limited = search.with({ signal: AbortSignal.timeout(500) });
const outcomes = await Promise.allSettled([limited(0), limited(60), limited(60)]);
console.log(outcomes.map((outcome) => outcome.status));

// A task that needs a cancelled one does not run.
const sleeper = bash`sleep 60`;
const waiting = sleeper();
const after = bash((before: { stdout: string }) => sh`echo ${before.stdout}`)(waiting);
await workflow.cancel("enough for today");
console.log((await Promise.allSettled([waiting, after])).map((outcome) => outcome.status), waiting.state, after.state);

/* prints:
found after 0.1 s
cancelled by user: Cancelled …: another one was faster
done answered
cancelled by user: Cancelled …: another one was faster
[ "fulfilled", "rejected", "rejected" ]
[ "rejected", "rejected" ] cancelled cancelled
*/
