// deno-lint-ignore-file no-console
import { app, load, threads } from "../../mod.ts";

await using _wf = await load({ executors: [threads({ maxThreads: 2 })] });
const square = app((x: number) => x * x);
console.log(await square(3));
