// deno-lint-ignore-file no-console
/** Module apps: the exports of a module as apps. They may import, share helpers and constants, and keep their types. */
import { app, apps, RemoteError } from "../mod.ts";

// The first argument is never called here: it gives the types. Workers import the module by the second.
const { readColumn, quartiles } = apps(
  () => import("./tasks/statistics.ts"),
  import.meta.resolve("./tasks/statistics.ts"),
);

const catalogue = new URL("./data/earthquakes.csv", import.meta.url).pathname;
const [depth, magnitude] = ["depth_km", "magnitude"].map((column) => quartiles(readColumn(catalogue, column)));
console.log("depth (km):", await depth);
console.log("magnitude: ", await magnitude);

// An error inside the module arrives with its own name and message.
const error = await readColumn(catalogue, "colour").catch((error) => error);
if (error instanceof RemoteError) console.log(String(error.cause));

// A function that needs something from outside cannot travel as text. That is told when the app is made, not on a node.
const scale = 10;
try {
  app((x: number) => x * scale);
} catch (error) {
  if (error instanceof Error) console.log(error.message.split("\n")[0]);
}

/* prints:
depth (km): { low: …, median: …, high: … }
magnitude:  { low: …, median: …, high: … }
RangeError: earthquakes.csv has no column "colour": it has time,latitude,longitude,depth_km,magnitude,scale,network,kind,place
…scale…
*/
