// deno-lint-ignore-file no-console
/**
 * How much rarer is an earthquake of one magnitude more? An ensemble of 5,000 resampled catalogues answers it with error bars.
 *
 * The Gutenberg-Richter law says that the number of earthquakes falls by a factor of 10^b per unit of magnitude. For each
 * of five networks, bash apps slice one week of the USGS catalogue; function apps draw it anew 1,000 times with replacement, find
 * from which magnitude on it is complete (maximum curvature + 0.2) and fit b (Aki's maximum likelihood) each time.
 */
import { z } from "zod";
import { app, apps, asCompleted, bash, file, type InputFile, load, output, type OutputFile, sh } from "../mod.ts";

const MEMBERS = 1000;
const NETWORKS = {
  ci: "Southern California",
  nc: "Northern California",
  nn: "Nevada",
  ak: "Alaska",
  us: "Rest of the world",
};

// Bash apps: real tools on real files. A hole is quoted for the place where it stands.
const biggest = bash((catalogue: InputFile) =>
  sh`tail -n +2 ${catalogue} | sort -t, -k5,5gr | awk -F'"' 'NR == 1 { split($1, column, ","); print column[5], $2 }'`
).text();
const select = bash((catalogue: InputFile, network: string, out: OutputFile) =>
  sh`awk -F, -v network=${network} '$7 == network && $8 == "earthquake" { print $5 }' ${catalogue} | sort -gr > ${out}`
);
const cumulate = bash((magnitudes: InputFile) =>
  sh`awk '{ printf "%s[%s,%d]", NR == 1 ? "[" : ",", $1, NR } END { print "]" }' ${magnitudes}`
).json(z.array(z.tuple([z.number(), z.number()])));

// Function apps: the numbers. Each travels to a worker as text, so it holds all it needs.
const firsts = app((pairs: [number, number][]) => pairs.map(([magnitude]) => magnitude), { name: "firsts" });
const member = app((magnitudes: readonly number[], seed: number) => {
  const random = () => { // mulberry32: the same seed gives the same member, on every machine
    seed = (seed + 0x6d2b79f5) | 0;
    const t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    return (((t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t) >>> 0) / 2 ** 32;
  };
  const drawn = magnitudes.map(() => Math.round(magnitudes[Math.floor(random() * magnitudes.length)]! * 10));
  const counts = Map.groupBy(drawn, (tenths) => tenths);
  const fullest = [...counts].reduce((a, b) => (b[1].length > a[1].length ? b : a))[0];
  const complete = (fullest + 2) / 10;
  const used = drawn.filter((tenths) => tenths >= fullest + 2);
  const mean = used.reduce((a, b) => a + b, 0) / used.length / 10;
  return { complete, count: used.length, b: Math.LOG10E / (mean - (complete - 0.05)) };
}, { name: "member" });

const summarise = app((name: string, observed: [number, number][], members: Awaited<ReturnType<typeof member>>[]) => {
  const middle = (values: number[]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return [0.025, 0.5, 0.975].map((q) => sorted[Math.round(q * (sorted.length - 1))]!) as [number, number, number];
  };
  const complete = middle(members.map((m) => m.complete))[1];
  const histogram = new Array<number>(54).fill(0);
  for (const { b } of members) histogram[Math.min(53, Math.max(0, Math.floor((b - 0.3) * 30)))]! += 1;
  const grid = Array.from({ length: 71 }, (_, i) => i / 10).filter((m) => m >= complete - 1e-9);
  const band = grid.map((m) => {
    const counts = members.map((one) => one.count * 10 ** (-one.b * (m - one.complete)));
    return [m, ...middle(counts)] as [number, number, number, number];
  });
  return { name, quakes: observed.length, observed, complete, b: middle(members.map((m) => m.b)), histogram, band };
}, { name: "summarise" });

const { draw } = apps(() => import("./tasks/figure.ts"), import.meta.resolve("./tasks/figure.ts"));

await using _workflow = await load();
const started = performance.now();
await Deno.mkdir(new URL("./output/", import.meta.url), { recursive: true });
const catalogue = file(import.meta.resolve("./data/earthquakes.csv"));
const strongest = biggest(catalogue);

// Fan-out: per network one slice, and from it 1,000 members. Nothing is awaited: futures are arguments.
const regions = Object.entries(NETWORKS).map(([network, name]) => {
  const slice = select(catalogue, network, output(import.meta.resolve(`./output/${network}.txt`))).outputs[0]!;
  const observed = cumulate(slice);
  const magnitudes = firsts(observed);
  const members = Array.from({ length: MEMBERS }, (_, i) => member(magnitudes, i + 1));
  return summarise(name, observed, members);
});

// Fan-in: regions are told as they finish; the figure waits for all of them.
for await (const done of asCompleted(regions)) {
  const { name, quakes, complete, b: [low, b, high] } = done.value;
  const value = `b = ${b.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  console.log(
    `${name.padEnd(20)} ${String(quakes).padStart(4)} earthquakes, complete from ${complete.toFixed(1)}: ${value}`,
  );
}
const figure = new URL("./output/earthquakes.svg", import.meta.url);
await Deno.writeTextFile(
  figure,
  await draw(regions, {
    title: "How much rarer is an earthquake of one magnitude more?",
    subtitle:
      `Gutenberg-Richter law N(≥M) = 10^(a − bM), one week of 2018: ${MEMBERS} resampled catalogues per network, band = middle 95 %`,
    source:
      "Data: U.S. Geological Survey, all earthquakes of 31 January to 7 February 2018 (public domain), as listed that week. Made with Sluice.",
  }),
);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`${MEMBERS * regions.length} members in ${seconds} s; strongest of the week: M ${await strongest}`);
console.log(`figure: ${figure.pathname}`);

/* prints, in the order in which the networks are done:
…earthquakes, complete from …: b = …
…earthquakes, complete from …: b = …
…earthquakes, complete from …: b = …
…earthquakes, complete from …: b = …
…earthquakes, complete from …: b = …
5000 members in … s; strongest of the week: M 6.4 22km NNE of Hualian, Taiwan
figure: …/examples/output/earthquakes.svg
*/
