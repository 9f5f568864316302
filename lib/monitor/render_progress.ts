import { wholeSeconds } from "./duration.ts";
import { paint, type Style } from "./style.ts";
import { cutToWidth, fitToWidth, plainText, textWidth } from "./text_width.ts";

/** How many tasks of one app are where. */
export interface AppProgress {
  /** Name of the app. */
  readonly name: string;
  /** Called, and not running yet. */
  readonly waiting: number;
  /** Running now. */
  readonly running: number;
  /** Ended well, memoized ones included. */
  readonly done: number;
  /** Of those, the ones whose result was already known. */
  readonly memoized: number;
  /** Failed, or not run because one they need failed. */
  readonly failed: number;
  /** Cancelled. */
  readonly cancelled: number;
}

/** How busy one executor is. */
export interface ExecutorProgress {
  /** Its label. */
  readonly label: string;
  /** Slots that run a task. */
  readonly busy: number;
  /** Slots it has now. */
  readonly slots: number;
}

/** How far a run is: everything that the terminal shows. */
export interface ProgressSnapshot {
  /** Since the workflow opened. */
  readonly elapsedMs: number;
  /** The apps, in the order in which they were first called. */
  readonly apps: readonly AppProgress[];
  /** The executors, in the order of the configuration. */
  readonly executors: readonly ExecutorProgress[];
}

/** What may be known besides a snapshot. */
export interface RenderExtras {
  /** Tasks that end per second, by app; the average of the whole run where it is missing. */
  readonly rates?: ReadonlyMap<string, number> | undefined;
  /** How many lines there is room for. */
  readonly maxLines?: number | undefined;
}

/** More apps than this are collapsed into one line. */
const MOST_APPS = 12;

/**
 * The live display: a line per app, one for the executors and one for everything. No line is wider than `width - 1`,
 * because some terminals wrap as soon as the last column is written.
 */
export function renderProgress(
  snapshot: ProgressSnapshot,
  width: number,
  color: boolean,
  extras: RenderExtras = {},
): string[] {
  const room = Math.max(0, width - 1);
  const maxApps = Math.min(MOST_APPS, Math.max(1, (extras.maxLines ?? Infinity) - 2));
  const { shown, hidden } = choose(snapshot.apps, maxApps);
  const short = width < 64;
  const rows = shown.map((app) => appRow(plainText(app.name), app, rateOf(app, snapshot, extras), short));
  if (hidden.length > 0) {
    rows.push(
      sumRow(
        `and ${digits(hidden.length)} more ${hidden.length === 1 ? "app" : "apps"}:`,
        hidden,
        snapshot,
        extras,
        short,
      ),
    );
  }
  const title = `total ${wholeSeconds(snapshot.elapsedMs)}`;
  const total = sumRow(title, snapshot.apps, snapshot, extras, short);
  const lines = layOut([...rows, total], {
    room,
    color,
    gap: short ? " " : "  ",
    leastName: Math.max(12, title.length),
  });
  const last = lines.pop() ?? "";
  const executors = executorLine(snapshot.executors, room, color);
  const all = [...lines, ...(executors === undefined ? [] : [executors]), last];
  return all.slice(-Math.max(1, extras.maxLines ?? Infinity));
}

/** Failing apps first, then those that run something, then those with most left to do; drawn in their own order. */
function choose(
  apps: readonly AppProgress[],
  most: number,
): { readonly shown: readonly AppProgress[]; readonly hidden: readonly AppProgress[] } {
  if (apps.length <= most) return { shown: apps, hidden: [] };
  const ranked = [...apps].sort((a, b) =>
    Number(b.failed > 0) - Number(a.failed > 0) || Number(b.running > 0) - Number(a.running > 0) || left(b) - left(a)
  );
  const chosen = new Set(ranked.slice(0, most - 1));
  return { shown: apps.filter((app) => chosen.has(app)), hidden: apps.filter((app) => !chosen.has(app)) };
}

type Column =
  | "name"
  | "progress"
  | "percent"
  | "running"
  | "waiting"
  | "memoized"
  | "cancelled"
  | "failed"
  | "rate"
  | "eta";

/** From left to right. */
const COLUMNS: readonly Column[] = [
  "name",
  "progress",
  "percent",
  "running",
  "waiting",
  "memoized",
  "cancelled",
  "failed",
  "rate",
  "eta",
];

/** What goes first when the terminal is narrow; the rest is cut. */
const DISPENSABLE: readonly Column[] = [
  "memoized",
  "percent",
  "rate",
  "cancelled",
  "waiting",
  "eta",
  "running",
];

interface Cell {
  readonly text: string;
  readonly style: Style;
}
type Row = Map<Column, Cell>;

function appRow(name: string, app: AppProgress, rate: number | undefined, short: boolean): Row {
  const total = app.done + app.failed + app.cancelled + left(app);
  const cells: (readonly [Column, string, Style])[] = [
    ["name", name, "bold"],
    ["progress", `${digits(app.done)}/${digits(total)}`, app.done === total ? "green" : "plain"],
    ["percent", total === 0 ? "" : `${Math.floor((100 * app.done) / total)}%`, "plain"],
    ["running", some(app.running, short ? "run" : "running"), "plain"],
    ["waiting", some(app.waiting, short ? "wait" : "waiting"), "dim"],
    ["memoized", some(app.memoized, short ? "known" : "known before"), "dim"],
    ["cancelled", some(app.cancelled, short ? "canc" : "cancelled"), "yellow"],
    ["failed", some(app.failed, short ? "fail" : "failed"), "red"],
    ["rate", left(app) > 0 && rate !== undefined && rate > 0 ? rateText(rate) : "", "dim"],
    ["eta", left(app) > 0 && rate !== undefined && rate > 0 ? `ETA ${etaText(left(app) / rate)}` : "", "plain"],
  ];
  return new Map(cells.map(([column, text, style]) => [column, { text, style }]));
}

function sumRow(
  name: string,
  apps: readonly AppProgress[],
  snapshot: ProgressSnapshot,
  extras: RenderExtras,
  short: boolean,
): Row {
  const sum = { name, waiting: 0, running: 0, done: 0, memoized: 0, failed: 0, cancelled: 0 };
  let rate = 0;
  let seconds = 0;
  for (const app of apps) {
    for (const key of ["waiting", "running", "done", "memoized", "failed", "cancelled"] as const) sum[key] += app[key];
    const own = rateOf(app, snapshot, extras);
    if (left(app) === 0) continue;
    rate += own;
    seconds = Math.max(seconds, own > 0 ? left(app) / own : Infinity);
  }
  const row = appRow(name, sum, rate, short);
  // The apps go on side by side: all is done when the slowest is, and nobody knows while one has no speed yet.
  const eta = seconds > 0 && Number.isFinite(seconds) ? `ETA ${etaText(seconds)}` : "";
  return row.set("eta", { text: eta, style: "plain" });
}

function rateOf(app: AppProgress, snapshot: ProgressSnapshot, extras: RenderExtras): number {
  return extras.rates?.get(app.name) ?? (1000 * worked(app)) / Math.max(1, snapshot.elapsedMs);
}

/** Tasks of an app that ended by their own work: known results and cancelled tasks say nothing about its speed. */
export function worked(app: AppProgress): number {
  return app.done - app.memoized + app.failed;
}

/** Tasks of an app that have not ended. */
export function left(app: AppProgress): number {
  return app.waiting + app.running;
}

interface Layout {
  /** Columns of the terminal that may be used. */
  readonly room: number;
  readonly color: boolean;
  readonly gap: string;
  /** Names are not cut shorter than this to make room for numbers. */
  readonly leastName: number;
}

function layOut(rows: readonly Row[], layout: Layout): string[] {
  const { room, gap } = layout;
  const widths = new Map<Column, number>();
  for (const column of COLUMNS) {
    const widest = Math.max(...rows.map((row) => textWidth(row.get(column)?.text ?? "")));
    if (widest > 0) widths.set(column, widest);
  }
  const longest = widths.get("name") ?? 0;
  const least = Math.min(longest, Math.max(layout.leastName, Math.floor(room / 4)));
  widths.set("name", least);
  for (const column of DISPENSABLE) {
    if (lineWidth(widths, gap) <= room) break;
    widths.delete(column);
  }
  widths.set("name", Math.min(longest, Math.max(least, room - (lineWidth(widths, gap) - least))));
  return rows.map((row) => drawRow(row, widths, layout));
}

function lineWidth(widths: ReadonlyMap<Column, number>, gap: string): number {
  return [...widths.values()].reduce((sum, width) => sum + width + gap.length, -gap.length);
}

function drawRow(row: Row, widths: ReadonlyMap<Column, number>, layout: Layout): string {
  let line = "";
  let used = 0;
  for (const column of COLUMNS) {
    const width = widths.get(column);
    if (width === undefined) continue;
    const cell = row.get(column) ?? { text: "", style: "plain" };
    const gap = column === "name" ? "" : layout.gap;
    const text = cutToWidth(
      gap + fitToWidth(cell.text, width, column === "name" ? "left" : "right"),
      layout.room - used,
    );
    used += textWidth(text);
    line += paint(text, cell.style, layout.color);
  }
  return line.trimEnd();
}

function executorLine(executors: readonly ExecutorProgress[], room: number, color: boolean): string | undefined {
  if (executors.length === 0) return undefined;
  const parts = executors.map((e) => `${plainText(e.label)} ${digits(e.busy)}/${digits(e.slots)} busy`);
  return paint(cutToWidth(parts.join("  "), room), "dim", color);
}

function some(n: number, word: string): string {
  return n === 0 ? "" : `${digits(n)} ${word}`;
}

/** `1,204`: the locale machinery of the platform takes half of a frame's time for this. */
function digits(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function rateText(perSecond: number): string {
  if (perSecond >= 9.95) return `${digits(Math.round(perSecond))}/s`;
  if (perSecond >= 0.95) return `${perSecond.toFixed(1)}/s`;
  return perSecond * 60 >= 0.95
    ? `${Math.round(perSecond * 60)}/min`
    : `${Math.max(1, Math.round(perSecond * 3600))}/h`;
}

function etaText(seconds: number): string {
  return seconds > 100 * 86_400 ? "> 100d" : wholeSeconds(1000 * Math.ceil(seconds));
}
