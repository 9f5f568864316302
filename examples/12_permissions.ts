// deno-lint-ignore-file no-console
/** Permissions: a function app can be given less than the script has, so that code you did not write cannot do harm. */
import { app, RemoteError } from "../mod.ts";

// What it may: read one folder, nothing else. "none" would allow nothing at all.
const data = new URL("./data/", import.meta.url).pathname;
const size = app(async (path: string) => (await Deno.readTextFile(path)).length, { permissions: { read: [data] } });
console.log("catalogue:", await size(`${data}earthquakes.csv`), "characters");

// The same function on another file, and functions that try something else: refused where they run.
const curious = app(async () => (await Deno.readTextFile("/etc/hostname")).length, { permissions: { read: [data] } });
const chatty = app(async () => (await fetch("http://localhost:8000/")).status, { permissions: "none" });
const sneaky = app(() => Deno.env.get("HOME"), { permissions: "none" });
for (const forbidden of [curious, chatty, sneaky]) {
  const error = await forbidden().catch((error) => error);
  if (error instanceof RemoteError) console.log(error.code, String(error.cause).split(",")[0]);
}

// Without the option an app may do what the script may.
const free = app(() => Deno.env.get("HOME") !== undefined);
console.log("free:", await free());

/* prints:
catalogue: … characters
REMOTE NotCapable: Requires read access to "/etc/hostname"
REMOTE NotCapable: Requires net access to "localhost:8000"
REMOTE NotCapable: Requires env access to "HOME"
free: true
*/
