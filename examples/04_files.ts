// deno-lint-ignore-file no-console
/** Files in and out: a chain of bash apps, each starting when the file it reads has been written. */
import { app, bash, file, type InputFile, MissingOutputsError, output, type OutputFile, sh } from "../mod.ts";

const strong = bash((catalogue: InputFile, least: number, out: OutputFile) =>
  sh`awk -F, -v least=${least} 'NR > 1 && $5 >= least' ${catalogue} > ${out}`
);
const sortByDepth = bash((events: InputFile, out: OutputFile) => sh`sort -t, -k4,4g ${events} > ${out}`);
const shallowest = bash((sorted: InputFile) => sh`awk -F'"' 'NR <= 3 { print $2 }' ${sorted}`).lines();
const depths = app(async (sorted: InputFile) => {
  const lines = (await Deno.readTextFile(sorted.path)).trim().split("\n");
  return lines.map((line) => Number(line.split(",")[3]));
});

// An output() among the arguments becomes a DataFuture in future.outputs: hand that on, not the path.
await Deno.mkdir(new URL("./output/", import.meta.url), { recursive: true });
const catalogue = file(import.meta.resolve("./data/earthquakes.csv"));
const selected = strong(catalogue, 5, output(import.meta.resolve("./output/strong.csv")));
const sorted = sortByDepth(selected.outputs[0]!, output(import.meta.resolve("./output/strong by depth.csv")));
const ordered = sorted.outputs[0]!;

console.log("shallowest:", (await shallowest(ordered)).join("; "));
const km = await depths(ordered);
console.log(`${km.length} earthquakes of magnitude 5 or more, ${km[0]} to ${km.at(-1)} km deep`);
console.log("written:", (await ordered).filename);

// A task that ends well but did not write what it promised fails, and says which file.
const forgetful = bash((_out: OutputFile) => sh`true`, { name: "forgetful" });
const error = await forgetful(output("nowhere.txt")).catch((error) => error);
if (error instanceof MissingOutputsError) console.log(error.code, error.missing);

/* prints:
shallowest: 17km ENE of Hualian, Taiwan; 15km ESE of Hualian, Taiwan; 22km NE of Hualian, Taiwan
39 earthquakes of magnitude 5 or more, 6.8 to 465.1 km deep
written: strong by depth.csv
MISSING_OUTPUTS [ "nowhere.txt" ]
*/
