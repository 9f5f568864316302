import process from "node:process";

/** Clock ticks in a second as `/proc` counts them; Linux has shown 100 to programs for twenty years. */
const TICKS = 100;

/** Milliseconds of CPU this process took so far, all its threads together. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The same with every process below it, those that ended among them; NaN where there is no `/proc`. */
export function treeCpuMs(): number {
  if (Deno.build.os !== "linux") return NaN;
  return tree().reduce((sum, row) => sum + row.ticks, 0) * 1000 / TICKS;
}

/** Bytes that the processes below this one hold, what they share counted once; NaN where there is no `/proc`. */
export function childrenMemory(): number {
  if (Deno.build.os !== "linux") return NaN;
  let bytes = 0;
  for (const { pid } of tree()) {
    if (pid === Deno.pid) continue;
    const pss = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? "")?.[1];
    bytes += Number(pss ?? 0) * 1024;
  }
  return bytes;
}

/** This process and all below it. */
function tree(): Row[] {
  const rows = new Map<number, Row>();
  for (const { name } of Deno.readDirSync("/proc")) {
    const row = /^\d+$/.test(name) ? readRow(name) : undefined;
    if (row !== undefined) rows.set(row.pid, row);
  }
  return [...rows.values()].filter((row) => isBelow(row, Deno.pid, rows));
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  /** Of itself and of those of its children that it waited for. */
  readonly ticks: number;
}

function readRow(pid: string): Row | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name of the program stands in brackets and may hold anything, brackets too.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const ticks = fields.slice(11, 15).reduce((a, b) => a + b, 0);
  return { pid: Number(pid), parent: fields[1] ?? 0, ticks };
}

function isBelow(row: Row, top: number, rows: ReadonlyMap<number, Row>): boolean {
  for (let at: Row | undefined = row; at !== undefined; at = rows.get(at.parent)) if (at.pid === top) return true;
  return false;
}

/** A file of `/proc`; undefined when its process ended since the directory was read. */
function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
