// deno-lint-ignore-file no-console
/** Streaming: results as they come, lines while they are written, and a long input of which only a window is in memory. */
import { z } from "zod";
import { app, asCompleted, bash, map, sh } from "../mod.ts";

// asCompleted() gives futures in the order in which they end, not in which they were called.
const wait = bash((seconds: number) => sh`sleep ${seconds}; echo ${seconds}`).json(z.number());
const order: number[] = [];
for await (const done of asCompleted([wait(0.4), wait(0.05)])) order.push(done.value);
console.log("ended in this order:", order);

// lines() follows the stdout of a running command; leaving the loop does not stop the command.
const count = bash((upTo: number) => sh`for i in $(seq ${upTo}); do echo "step $i"; sleep 0.05; done`);
const counting = count(5);
for await (const line of counting.lines()) {
  console.log(line, counting.state === "done" ? "(late)" : "(live)");
  if (line === "step 3") break;
}
console.log("lines in the end:", (await counting).stdout.trim().split("\n").length);

// map() draws from an iterator: a million inputs would never be in memory at once, results come in the order of the inputs.
let drawn = 0;
function* numbers(): Generator<number> {
  for (let n = 1; n <= 1000; n++) {
    drawn += 1;
    yield n;
  }
}
const half = app((n: number) => n / 2);
let sum = 0;
let widest = 0;
let received = 0;
for await (const value of map(half, numbers(), { window: 16 })) {
  received += 1;
  sum += value;
  widest = Math.max(widest, drawn - received);
}
console.log(`sum ${sum}, never more than ${widest <= 16 ? 16 : widest} in flight`);

/* prints:
ended in this order: [ 0.05, 0.4 ]
step 1 (live)
step 2 (live)
step 3 (live)
lines in the end: 5
sum 250250, never more than 16 in flight
*/
