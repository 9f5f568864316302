import { BarePool } from "./bare_pool.ts";

/** The first result of a worker that is started by hand. */
const pool = new BarePool(1, 1);
// deno-lint-ignore no-console
console.log(await pool.call(9));
pool.close();
