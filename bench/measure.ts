import type { BenchCase, Contender, Target } from "./case.ts";
import { runContender } from "./run_contender.ts";
import { type Spread, spread } from "./stats.ts";

/** Failures after which a contender is not tried again. */
const MOST_FAILURES = 2;

/** Numbers of one contender, one entry for each round; undefined where a run failed. */
export interface Measured {
  readonly name: string;
  readonly rounds: readonly (Readonly<Record<string, number>> | undefined)[];
  readonly medians: Readonly<Record<string, Spread>>;
  /** Why it gave nothing, or not in every round. */
  readonly trouble: string | undefined;
}

/** What became of a target. */
export interface Judged {
  readonly target: Target;
  /** The number or the ratio; undefined when something that is needed is missing. */
  readonly got: Spread | undefined;
  /** The contenders it was really compared with. */
  readonly against: readonly string[];
  readonly verdict: "reached" | "missed" | "unknown";
}

/** What one case gave. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly metrics: BenchCase["metrics"];
  readonly contenders: readonly Measured[];
  readonly targets: readonly Judged[];
}

/** Runs all contenders of a case in rounds, A B C A B C, so that a busy moment of the machine meets all of them. */
export async function measure(bench: BenchCase, rounds: number, tell: (text: string) => void): Promise<CaseResult> {
  const numbers = new Map<Contender, (Readonly<Record<string, number>> | undefined)[]>();
  const troubles = new Map<Contender, string>();
  const failures = new Map<Contender, number>();
  for (const contender of bench.contenders) {
    numbers.set(contender, []);
    if (contender.missing !== undefined) troubles.set(contender, `not measured: ${contender.missing}`);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const contender of bench.contenders) {
      // One that fails again and again may take its time about it each time.
      if (contender.missing !== undefined || (failures.get(contender) ?? 0) >= MOST_FAILURES) continue;
      tell(`${bench.name}: round ${round} of ${rounds}, ${contender.name}`);
      const result = await runContender(contender);
      if (result.kind === "failed") {
        troubles.set(contender, `failed in round ${round}: ${result.why}`);
        failures.set(contender, (failures.get(contender) ?? 0) + 1);
      }
      numbers.get(contender)?.push(result.kind === "numbers" ? result.numbers : undefined);
    }
  }
  const contenders = bench.contenders.map((contender): Measured => {
    const list = numbers.get(contender) ?? [];
    return { name: contender.name, rounds: list, medians: medians(bench, list), trouble: troubles.get(contender) };
  });
  const targets = bench.targets.map((target) => judge(target, contenders));
  return { name: bench.name, title: bench.title, metrics: bench.metrics, contenders, targets };
}

function medians(
  bench: BenchCase,
  rounds: readonly (Readonly<Record<string, number>> | undefined)[],
): Record<string, Spread> {
  const found: Record<string, Spread> = {};
  for (const { key } of bench.metrics) {
    const one = spread(rounds.flatMap((numbers) => numbers?.[key] ?? []));
    if (one !== undefined) found[key] = one;
  }
  return found;
}

/** Compares round by round: what disturbed one contender of a round disturbed the others as well. */
export function judge(target: Target, contenders: readonly Measured[]): Judged {
  const rounds = contenders.find((c) => c.name === target.of)?.rounds ?? [];
  const others = contenders.filter((c) => target.against.includes(c.name) && c.rounds.some((r) => r !== undefined));
  const against = others.map((c) => c.name);
  const pick = target.want === "atLeast" ? Math.max : Math.min;
  const values = rounds.flatMap((numbers, round) => {
    const own = numbers?.[target.metric];
    if (own === undefined) return [];
    if (target.against.length === 0) return [own];
    const peers = others.flatMap((c) => c.rounds[round]?.[target.metric] ?? []);
    return peers.length === 0 ? [] : [own / pick(...peers)];
  });
  const got = spread(values);
  if (got === undefined) return { target, got, against, verdict: "unknown" };
  const reached = target.want === "atLeast" ? got.median >= target.value : got.median <= target.value;
  return { target, got, against, verdict: reached ? "reached" : "missed" };
}
