/** Draws the figure of `01_ensemble.ts` as SVG text, without any library: a module app, so it may have helpers. */

/** What the ensemble says about one region. */
export interface Region {
  readonly name: string;
  /** Number of earthquakes in the catalogue. */
  readonly quakes: number;
  /** Magnitude and how many earthquakes had at least that: what was observed. */
  readonly observed: readonly (readonly [magnitude: number, count: number])[];
  /** The magnitude from which on the catalogue is complete: median of the ensemble. */
  readonly complete: number;
  /** Low, median and high b-value: the middle 95 % of the ensemble. */
  readonly b: readonly [low: number, median: number, high: number];
  /** How many members fell in each bin of b, from `B_RANGE[0]` to `B_RANGE[1]`. */
  readonly histogram: readonly number[];
  /** Magnitude, then low, median and high expected count. */
  readonly band: readonly (readonly [magnitude: number, low: number, median: number, high: number])[];
}

/** Words around the panels. */
export interface Labels {
  readonly title: string;
  readonly subtitle: string;
  readonly source: string;
}

/** Range of b-values that the last panel shows. */
const B_RANGE = [0.3, 2.1] as const;
const COLOURS = ["#0072b2", "#009e73", "#b8860b", "#cc5500", "#a0457e"];
const PANEL = { width: 270, height: 200, left: 58, top: 96, gapX: 48, gapY: 82 };
const WIDTH = 1000;
const HEIGHT = 660;

/** Draws the regions, one panel each, and a last panel that compares their b-values. */
export function draw(regions: readonly Region[], labels: Labels): string {
  const panels = regions.map((region, i) => panel(region, corner(i), COLOURS[i] ?? "#444", i % 3 === 0));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"
  font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif" font-size="12" fill="#333">
<title>${escape(labels.title)}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="24" y="36" font-size="21" font-weight="bold" fill="#111">${escape(labels.title)}</text>
<text x="24" y="58" font-size="13.5" fill="#555">${escape(labels.subtitle)}</text>
${panels.join("\n")}
${comparison(regions, corner(regions.length))}
<text x="24" y="${HEIGHT - 12}" font-size="11" fill="#777">${escape(labels.source)}</text>
</svg>
`;
}

/** Upper left corner of the drawing area of a panel, in three columns. */
function corner(index: number): readonly [x: number, y: number] {
  const { width, height, left, top, gapX, gapY } = PANEL;
  return [left + (index % 3) * (width + gapX), top + Math.floor(index / 3) * (height + gapY)];
}

/** Observed counts (dots), fitted law (line) and what the ensemble allows (band) against magnitude. */
function panel(region: Region, [x0, y0]: readonly [number, number], colour: string, outer: boolean): string {
  const { width, height } = PANEL;
  const from = Math.floor(Math.min(...region.observed.map(([m]) => m)));
  const to = Math.ceil(Math.max(...region.observed.map(([m]) => m)) + 0.3);
  const x = (m: number): number => x0 + ((m - from) / (to - from)) * width;
  // From half an earthquake to a thousand, in decades.
  const y = (n: number): number => y0 + height - (Math.log10(Math.max(n, 0.01) / 0.5) / Math.log10(2000)) * height;
  const upper = region.band.map(([m, , , high]) => `${round(x(m))},${round(y(high))}`);
  const lower = region.band.map(([m, low]) => `${round(x(m))},${round(y(low))}`).reverse();
  const line = region.band.map(([m, , median]) => `${round(x(m))},${round(y(median))}`);
  const dots = region.observed.map(([m, n]) => `<circle cx="${round(x(m))}" cy="${round(y(n))}" r="2.1"/>`);
  const clip = `clip-${Math.round(x0)}-${Math.round(y0)}`;
  const [low, median, high] = region.b;
  const ticksX = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return `<g>
<clipPath id="${clip}"><rect x="${x0}" y="${y0}" width="${width}" height="${height}"/></clipPath>
<text x="${x0}" y="${y0 - 10}" font-size="13.5" font-weight="bold" fill="#111">${escape(region.name)}</text>
<text x="${x0 + width}" y="${y0 - 10}" text-anchor="end" fill="#666">${region.quakes} earthquakes</text>
${[1, 10, 100, 1000].map((n) => gridY(x0, y(n), outer ? String(n) : "")).join("")}
${ticksX.map((m) => tickX(x(m), y0 + height, String(m))).join("")}
<line x1="${x(region.complete)}" x2="${x(region.complete)}" y1="${y0}" y2="${
    y0 + height
  }" stroke="#999" stroke-dasharray="4 3"/>
<g text-anchor="end" font-size="10.5" fill="#777"><text x="${round(x(region.complete) - 5)}" y="${
    y0 + height - 21
  }">complete</text><text x="${round(x(region.complete) - 5)}" y="${y0 + height - 8}">from ${
    region.complete.toFixed(1)
  }</text></g>
<g clip-path="url(#${clip})">
<polygon points="${[...upper, ...lower].join(" ")}" fill="${colour}" fill-opacity="0.22"/>
<g fill="#333" fill-opacity="0.75">${dots.join("")}</g>
<polyline points="${line.join(" ")}" fill="none" stroke="${colour}" stroke-width="2.2"/>
</g>
<line x1="${x0}" x2="${x0 + width}" y1="${y0 + height}" y2="${y0 + height}" stroke="#333"/>
<text x="${x0 + width - 6}" y="${y0 + 18}" text-anchor="end" font-size="13" font-weight="bold" fill="${colour}">b = ${
    median.toFixed(2)
  }</text>
<text x="${x0 + width - 6}" y="${y0 + 34}" text-anchor="end" font-size="11" fill="${colour}">${low.toFixed(2)} to ${
    high.toFixed(2)
  }</text>
<text x="${x0 + width / 2}" y="${y0 + height + 36}" text-anchor="middle">magnitude M</text>
${outer ? sideways(x0 - 40, y0 + height / 2, "earthquakes ≥ M in the week") : ""}
</g>`;
}

/** One ridge per region: how often each b-value came up in the ensemble, with its middle 95 %. */
function comparison(regions: readonly Region[], [x0, y0]: readonly [number, number]): string {
  const { width, height } = PANEL;
  const [from, to] = B_RANGE;
  const x = (b: number): number => x0 + ((b - from) / (to - from)) * width;
  const row = height / regions.length;
  const rows = regions.map((region, i) => {
    const base = y0 + (i + 1) * row - 6;
    const peak = Math.max(...region.histogram);
    const step = (to - from) / region.histogram.length;
    const ridge = region.histogram.map((n, k) =>
      `${round(x(from + (k + 0.5) * step))},${round(base - (n / peak) * (row - 9))}`
    );
    const [low, median, high] = region.b;
    const colour = COLOURS[i] ?? "#444";
    return `<polygon points="${x0},${base} ${ridge.join(" ")} ${
      x0 + width
    },${base}" fill="${colour}" fill-opacity="0.3"/>
<line x1="${round(x(low))}" x2="${
      round(Math.min(x(high), x0 + width))
    }" y1="${base}" y2="${base}" stroke="${colour}" stroke-width="3"/>
<circle cx="${round(x(median))}" cy="${base}" r="4.5" fill="${colour}" stroke="#fff" stroke-width="1.2"/>
<text x="${x0 + width}" y="${base - 8}" text-anchor="end" font-size="11" fill="${colour}">${
      escape(region.name)
    }</text>`;
  });
  const ticks = [0.4, 0.7, 1.0, 1.3, 1.6, 1.9];
  return `<g>
<text x="${x0}" y="${y0 - 10}" font-size="13.5" font-weight="bold" fill="#111">b-values of the ensemble</text>
<line x1="${x(1)}" x2="${x(1)}" y1="${y0}" y2="${y0 + height}" stroke="#999" stroke-dasharray="4 3"/>
<text x="${x(1) + 5}" y="${y0 + 10}" font-size="10.5" fill="#777">b = 1: ten times rarer</text>
${rows.join("\n")}
${ticks.map((b) => tickX(x(b), y0 + height, b.toFixed(1))).join("")}
<line x1="${x0}" x2="${x0 + width}" y1="${y0 + height}" y2="${y0 + height}" stroke="#333"/>
<text x="${x0 + width / 2}" y="${y0 + height + 36}" text-anchor="middle">b-value (dot: median, bar: middle 95 %)</text>
</g>`;
}

function gridY(x0: number, y: number, label: string): string {
  const line = `<line x1="${x0}" x2="${x0 + PANEL.width}" y1="${round(y)}" y2="${round(y)}" stroke="#e3e3e3"/>`;
  return label === "" ? line : `${line}<text x="${x0 - 7}" y="${round(y + 4)}" text-anchor="end">${label}</text>`;
}

function tickX(x: number, y: number, label: string): string {
  return `<line x1="${round(x)}" x2="${round(x)}" y1="${y}" y2="${y + 5}" stroke="#333"/>` +
    `<text x="${round(x)}" y="${y + 19}" text-anchor="middle">${label}</text>`;
}

function sideways(x: number, y: number, text: string): string {
  return `<text transform="translate(${x} ${y}) rotate(-90)" text-anchor="middle">${escape(text)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
