// deno-lint-ignore-file no-console
/** Fan-out and fan-in: futures inside arrays, objects, Maps and Sets are waited for where the call needs them. */
import { app, bash, gather, sh } from "../mod.ts";

const square = app((x: number) => x * x);
const sum = app((numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0));

// Fan-out: a hundred tasks. Fan-in: one task that takes all of them, as an array of futures.
const squares = Array.from({ length: 100 }, (_, i) => square(i + 1));
const total = sum(squares);
console.log("sum of squares:", await total);

// Futures may stand anywhere in an argument; the types know them there.
const report = app((order: { total: number; byName: Map<string, number>; seen: Set<number> }) =>
  `${order.total}, ${[...order.byName].map(([name, value]) => `${name}=${value}`).join(" ")}, ${order.seen.size} seen`
);
console.log(
  await report({ total, byName: new Map([["three", square(3)], ["four", square(4)]]), seen: new Set([square(5)]) }),
);

// One member of a result that is not there yet is a future too.
const split = app((text: string) => ({ words: text.split(" "), length: text.length }));
const words = split("many hands make light work").get("words");
const shout = bash((all: readonly string[]) => sh`printf '%s\n' ${all} | tr a-z A-Z | paste -s -d-`).text();
console.log(await shout(words));

// gather() waits for futures in any shape and gives their values in the same shape.
console.log(await gather({ first: squares[0]!, last: squares[99]!, pair: [square(6), square(7)] }));

/* prints:
sum of squares: 338350
338350, three=9 four=16, 1 seen
MANY-HANDS-MAKE-LIGHT-WORK
{ first: 1, last: 10000, pair: [ 36, 49 ] }
*/
