// deno-lint-ignore-file no-console
/** A first script: no configuration, no set-up. */
import { z } from "zod";
import { app, bash, sh } from "../mod.ts";

const square = app((x: number) => x * x); // a typed function app
const add = app((a: number, b: number) => a + b);
const hello = bash`echo hello from $(hostname)`; // a tagged-template bash app
const wc = bash((text: string) => sh`printf %s ${text} | wc -c`).json(z.number()); // typed result, checked by zod

console.log(await add(square(3), square(4))); // 25: a future is an argument like any other
console.log((await hello()).stdout, await wc("it's safe; rm -rf /"));

/* prints:
25
hello from …
 19
*/
