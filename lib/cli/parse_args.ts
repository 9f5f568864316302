/**
 * `parseArgs` from its own file: the package's `cli/mod.js` needs a file that was not published with it.
 *
 * @module
 */
import type { parseArgs as ParseArgs } from "@std/cli";
import { parseArgs as untyped } from "npm:deno-std@1.4.0/cli/parse_args.js";

/** Reads a command line into options and words. */
export const parseArgs: typeof ParseArgs = untyped;
