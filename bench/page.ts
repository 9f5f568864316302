import type { CaseResult } from "./measure.ts";
import { type Machine, machineLine } from "./machine.ts";
import { markdownTable } from "./table.ts";

/** Everything above this line of a page is written by hand. */
const MARK = "<!-- made by `deno task bench --markdown docs/bench.md`; write above this line -->";

/** Puts the tables under the mark of a page; a page without one gets it at its end. */
export function renderPage(page: string, machine: Machine, results: readonly CaseResult[]): string {
  const above = page.split(MARK)[0]?.trimEnd() ?? "";
  const peers = Object.entries(machine.peers).map(([name, version]) => `* ${name}: ${version}`).join("\n");
  const verdicts = results.flatMap((r) => r.targets.map((t) => t.verdict));
  const count = (verdict: string): number => verdicts.filter((v) => v === verdict).length;
  const sum = `Of ${verdicts.length} targets ${count("reached")} were reached and ${count("missed")} missed` +
    (count("unknown") > 0 ? `; ${count("unknown")} could not be judged.` : ".");
  const parts = [above, MARK, "## The numbers", `${machineLine(machine)}.`, peers, sum, ...results.map(markdownTable)];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
