/** A module of plain functions: what `08_modules.ts` runs as apps. It knows nothing of the toolkit. */
import { basename } from "@std/path";

/** Median and quartiles of some numbers. */
export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Reads one column of a CSV file as numbers; lines where it is empty are left out. */
export async function readColumn(path: string, name: string): Promise<number[]> {
  const [head = "", ...lines] = (await Deno.readTextFile(path)).trim().split("\n");
  const index = head.split(",").indexOf(name);
  if (index < 0) throw new RangeError(`${basename(path)} has no column "${name}": it has ${head}`);
  return lines.map((line) => line.split(",")[index] ?? "").filter((text) => text !== "").map(Number);
}

/** Sorts and takes the quartiles. */
export function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  return { low: at(sorted, 0.25), median: at(sorted, 0.5), high: at(sorted, 0.75) };
}

function at(sorted: readonly number[], fraction: number): number {
  return sorted[Math.round(fraction * (sorted.length - 1))] ?? NaN;
}
