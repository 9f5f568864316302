import type { CaseResult, Judged, Measured } from "./measure.ts";
import type { Spread } from "./stats.ts";
import { number } from "./text.ts";

/** A case as a table for a terminal. */
export function table(result: CaseResult): string {
  const head = ["", ...result.metrics.map((m) => m.title)];
  const rows = result.contenders.filter((c) => c.rounds.length > 0).map((c) => cells(result, c));
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)).join("   ").trimEnd()
  );
  const troubles = result.contenders.flatMap((c) => c.trouble === undefined ? [] : `${c.name}: ${c.trouble}`);
  const notes = [...troubles, ...result.targets.map((t) => targetLine(t, result.metrics))];
  return [`${result.name}: ${result.title}`, ...lines.map((l) => `  ${l}`), ...notes.map((l) => `  ${l}`)].join("\n");
}

/** The same for a page. */
export function markdownTable(result: CaseResult): string {
  const head = ["", ...result.metrics.map((m) => m.title)];
  const rows = result.contenders.filter((c) => c.rounds.length > 0).map((c) => cells(result, c));
  const line = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  const rule = `|---|${result.metrics.map(() => "---:|").join("")}`;
  const troubles = result.contenders.flatMap((c) => c.trouble === undefined ? [] : `* ${c.name}: ${c.trouble}`);
  const targets = result.targets.map((t) => `* ${targetLine(t, result.metrics)}`);
  return [
    `### \`${result.name}\``,
    `${result.title}.`,
    [line(head), rule, ...rows.map(line)].join("\n"),
    [...troubles, ...targets].join("\n"),
  ].filter((part) => part !== "").join("\n\n");
}

function cells(result: CaseResult, { name, medians }: Measured): string[] {
  return [name, ...result.metrics.map(({ key }) => spreadText(medians[key]))];
}

function spreadText(value: Spread | undefined): string {
  if (value === undefined) return "–";
  const { median, min, max } = value;
  return `${number(median)} (${number(min)}..${number(max)})`;
}

/** `reached: sluice, tasks/s, is 3.4 x xargs (3.1..3.7); wanted at least 3`. */
export function targetLine({ target, got, against, verdict }: Judged, metrics: CaseResult["metrics"]): string {
  const metric = metrics.find((m) => m.key === target.metric)?.title ?? target.metric;
  const aim = target.aim === undefined ? "" : `, aim ${number(target.aim)}`;
  const wanted = `wanted at ${target.want === "atLeast" ? "least" : "most"} ${number(target.value)}${aim}`;
  const names = target.called ?? (against.length > 0 ? against : target.against).join(", ");
  const other = target.against.length === 0 ? "" : ` x ${names}`;
  if (got === undefined) return `unknown: ${target.of}, ${metric}${other}: not measured; ${wanted}`;
  const { median, min, max } = got;
  return `${verdict}: ${target.of}, ${metric}, is ${number(median)}${other} (${number(min)}..${
    number(max)
  }); ${wanted}`;
}
