// deno-lint-ignore-file no-console
import type { BenchCase } from "./case.ts";
import { allCases } from "./cases/mod.ts";
import { describeMachine, type Machine, machineLine } from "./machine.ts";
import { type CaseResult, measure } from "./measure.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { renderPage } from "./page.ts";
import { findPeers } from "./peers.ts";
import { table } from "./table.ts";

/** Measures what the options ask for, prints tables as they come and writes the files at the end. */
async function main(options: Options): Promise<void> {
  const peers = await findPeers(options.python);
  const { only, quick } = options;
  const all = allCases({ peers, quick });
  const cases = choose(all, only);
  if (options.list) return console.log(all.map(({ name, title }) => `${name.padEnd(18)} ${title}`).join("\n"));
  if (cases.length === 0) throw new TypeError(`Cannot run the bench: no case is called like ${only.join(", ")}`);
  const begin = describeMachine(peers);
  console.log(`${machineLine(begin)}\n`);
  const results: CaseResult[] = [];
  for (const bench of cases) {
    const result = await measure(bench, options.rounds ?? bench.rounds, tell);
    tell("");
    results.push(result);
    console.log(`${table(result)}\n`);
  }
  const machine: Machine = { ...begin, load: { before: begin.load.before, after: Deno.loadavg()[0] ?? NaN } };
  console.log(`load ${machine.load.before.toFixed(1)} before, ${machine.load.after.toFixed(1)} after`);
  if (options.json !== undefined) {
    await Deno.writeTextFile(options.json, `${JSON.stringify({ machine, quick, results }, undefined, 1)}\n`);
  }
  if (options.markdown !== undefined) {
    const page = await readIfThere(options.markdown);
    await Deno.writeTextFile(options.markdown, renderPage(page, machine, results));
  }
}

/** The cases that are asked for, by name or by a part of it. */
function choose(all: readonly BenchCase[], only: readonly string[]): readonly BenchCase[] {
  if (only.length === 0) return all;
  const exact = new Set(all.map(({ name }) => name).filter((name) => only.includes(name)));
  return all.filter(({ name }) => exact.has(name) || only.some((part) => !exact.has(part) && name.includes(part)));
}

/** Shows on a terminal what is being measured, on one line that is written over. */
function tell(text: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

try {
  const options = readOptions(Deno.args);
  if (options.help) console.log(HELP);
  else await main(options);
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  Deno.exitCode = 2;
}
