// deno-lint-ignore-file no-console
import { bash } from "../../mod.ts";

const hello = bash`echo hello`.text();
console.log(await hello());
