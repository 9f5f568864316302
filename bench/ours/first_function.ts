// deno-lint-ignore-file no-console
import { app } from "../../mod.ts";

const square = app((x: number) => x * x);
console.log(await square(3));
