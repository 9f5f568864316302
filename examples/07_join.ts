// deno-lint-ignore-file no-console
/** Join apps: a body that calls apps and returns their futures. The graph grows while it runs. */
import { app, bash, join, JoinError, sh, type TaskFuture } from "../mod.ts";

// Recursion: every call of fibonacci() is a task that ends when the tasks it started have ended.
const add = app((a: number, b: number) => a + b);
const leaf = app((n: number) => n);
const fibonacci = join((n: number): TaskFuture<number> => n < 2 ? leaf(n) : add(fibonacci(n - 1), fibonacci(n - 2)));
console.log("fibonacci(12) =", await fibonacci(12));

// Dynamic fan-out: how many tasks there are depends on what the first one finds.
const find = bash((text: string) => sh`tr -s ' ' '\n' <<< ${text} | sort -u`).lines();
const measure = app((word: string) => word.length);
const lengths = join((words: readonly string[]) => words.map((word) => measure(word)));
console.log(await lengths(find("the cat and the dog and the bird")));

// An object of futures works too; the result has its shape.
const both = join((n: number) => ({ small: fibonacci(n), large: fibonacci(n + 3) }));
console.log(await both(6));

// If one of them fails the join fails, and says which ones did.
const risky = app((n: number) => {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  return n;
}, { name: "risky" });
const all = join((upTo: number) => Array.from({ length: upTo }, (_, i) => risky(i)), { name: "all" });
const error = await all(4).catch((error) => error);
if (error instanceof JoinError) console.log(`${error.code}\n${error.message}`);

/* prints:
fibonacci(12) = 144
[ 3, 4, 3, 3, 3 ]
{ small: 8, large: 34 }
JOIN
Cannot finish join … "all": 2 of the 4 tasks it waited for failed
  task … "risky": …RangeError: 1 is odd…
  task … "risky": …RangeError: 3 is odd…
*/
