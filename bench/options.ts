import { parseArgs } from "@std/cli";

/** What the command line asks for. */
export interface Options {
  /** Part of the names of the cases to run; empty for all. */
  readonly only: readonly string[];
  readonly rounds: number | undefined;
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly markdown: string | undefined;
  readonly python: string;
  readonly list: boolean;
  readonly help: boolean;
}

/** What `--help` says. */
export const HELP = `Usage: deno task bench [options]

Measures the thread pool beside what is found on this machine: bare Deno workers, xargs, GNU parallel, Python's
concurrent.futures and Parsl. A run of everything takes about six minutes; nothing else should run beside it.

  --only PATTERN    only cases whose name contains PATTERN; may be given more than once
  --list            the names of the cases
  --quick           small numbers and few rounds: about a minute
  --rounds N        so many rounds, instead of what each case thinks right
  --python PATH     a Python that has Parsl (or SLUICE_BENCH_PYTHON; by default python3)
  --json FILE       write everything that was measured to FILE
  --markdown FILE   write the tables into FILE, under its line "made by deno task bench"
`;

/** Reads the command line; an option that is not known or not right is an error. */
export function readOptions(args: readonly string[]): Options {
  const unknown: string[] = [];
  const parsed = parseArgs(args, {
    boolean: ["quick", "list", "help"],
    string: ["only", "rounds", "json", "markdown", "python"],
    collect: ["only"],
    unknown: (arg) => void unknown.push(arg),
  });
  if (unknown.length > 0) throw new TypeError(`Cannot run the bench: ${unknown[0]} is not understood; see --help`);
  const rounds = text(parsed["rounds"]);
  if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds)) {
    throw new TypeError(`Cannot run the bench: --rounds must be a whole number from 1, and is "${rounds}"`);
  }
  return {
    only: Array.isArray(parsed["only"]) ? parsed["only"].map(String) : [],
    rounds: rounds === undefined ? undefined : Number(rounds),
    quick: parsed["quick"] === true,
    json: text(parsed["json"]),
    markdown: text(parsed["markdown"]),
    python: text(parsed["python"]) ?? Deno.env.get("SLUICE_BENCH_PYTHON") ?? "python3",
    list: parsed["list"] === true,
    help: parsed["help"] === true,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
