import type { ParsedArgs } from "@std/cli";

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Output {
  /** Writes a result, as it stands. */
  out(text: string): void;
  /** Writes a line for a person. */
  err(line: string): void;
}

/** An option of a command. */
export interface CommandOption {
  /** Its name, without dashes. */
  readonly name: string;
  /** What its value is called; undefined for one that takes none. */
  readonly value?: string | undefined;
  /** One sentence for people. */
  readonly summary: string;
}

/** One command: help, suggestions and completions all come from these. */
export interface Command {
  /** Its words: `config check`. */
  readonly name: string;
  /** Names of its arguments; all are needed. */
  readonly args: readonly string[];
  /** What the words after its arguments are called, when it takes any: they are handed on unread, options too. Then its own options take no values. */
  readonly rest?: string | undefined;
  /** One sentence for people. */
  readonly summary: string;
  /** What it takes besides. */
  readonly options: readonly CommandOption[];
  /** Does it; `args` are as many as it names, and the rest. Returns the exit code. */
  run(args: readonly string[], options: ParsedArgs, output: Output): Promise<number>;
}

/** The command line is not understood: told with a hint, exit code 2. */
export class UsageError extends Error {
  /** Where to read on: `sluice config --help`. */
  readonly help: string;

  /** Makes the error. */
  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}
