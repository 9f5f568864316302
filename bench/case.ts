import type { Peers } from "./peers.ts";

/** One kind of number that a run of a contender gives. */
export interface Metric {
  /** Its key in the report. */
  readonly key: string;
  /** Its heading in the table. */
  readonly title: string;
}

/** One of those that are measured side by side. */
export interface Contender {
  readonly name: string;
  /** Program and arguments; a report on its stdout says how it went. */
  readonly command: readonly string[];
  /** How the numbers are had: from its report, or by looking at the process from outside. */
  readonly how: "report" | "process";
  /** Why it cannot run here. */
  readonly missing?: string | undefined;
}

/** What a case wants to see. */
export interface Target {
  /** The contender that is judged. */
  readonly of: string;
  readonly metric: string;
  /** Those it is compared with, round by round: with the best of them; none for the plain number. */
  readonly against: readonly string[];
  /** What those are called together. */
  readonly called?: string;
  readonly want: "atLeast" | "atMost";
  readonly value: number;
  /** What would be better still. */
  readonly aim?: number;
}

/** What is known when a case says what it measures. */
export interface Setting {
  readonly peers: Peers;
  /** Small numbers, for a quick look. */
  readonly quick: boolean;
}

/** Things that are measured side by side, in rounds: A B C A B C. */
export interface BenchCase {
  /** Chosen by `--only`. */
  readonly name: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly Contender[];
  readonly targets: readonly Target[];
  /** Rounds when nobody says how many. */
  readonly rounds: number;
}

/** Makes the cases of one file. */
export type CaseMaker = (setting: Setting) => readonly BenchCase[];
