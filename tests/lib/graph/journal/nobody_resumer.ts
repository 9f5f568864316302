/**
 * A run of somebody who may read the earlier run and not write to it: `nobody_resumer.ts DIRECTORY EARLIER KEY…`.
 * Prints which of the keys it finds, or the error.
 */
import process from "node:process";
import { Journal } from "../../../../lib/graph/journal/journal.ts";

const [dir = "", resume = "", ...keys] = Deno.args;
if (Deno.uid() === 0) process.setuid?.(65534);
try {
  using journal = Journal.create(dir, { toolkit: "1", resume });
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(keys.map((key) => journal.lookup(key) !== undefined))));
} catch (error) {
  Deno.stdout.writeSync(new TextEncoder().encode(String(error)));
}
