/** Words for exit codes and signals, as a shell reports them. */
const SIGNALS: Readonly<Record<number, readonly [name: string, words: string]>> = {
  1: ["SIGHUP", "its terminal or parent went away"],
  2: ["SIGINT", "interrupted"],
  3: ["SIGQUIT", "quit from the keyboard"],
  4: ["SIGILL", "illegal instruction: often built for another kind of processor"],
  6: ["SIGABRT", "it aborted itself"],
  7: ["SIGBUS", "bus error: often a full disk or a truncated mapped file"],
  8: ["SIGFPE", "arithmetic error"],
  9: ["SIGKILL", "killed; often out of memory"],
  11: ["SIGSEGV", "segmentation fault"],
  13: ["SIGPIPE", "wrote to a pipe that nobody reads"],
  14: ["SIGALRM", "its alarm went off"],
  15: ["SIGTERM", "asked to end"],
  24: ["SIGXCPU", "CPU time limit reached"],
  25: ["SIGXFSZ", "file size limit reached"],
};

const EXIT_CODES: Readonly<Record<number, string>> = {
  2: "often wrong usage",
  124: "often timed out by `timeout`",
  126: "found but not executable",
  127: "command not found",
};

/** The name of a signal number: 9 is `SIGKILL`; an unknown one is `SIG<number>`. */
export function signalName(number: number): string {
  return SIGNALS[number]?.[0] ?? `SIG${number}`;
}

/** What an exit code of a shell usually means, or undefined when it means nothing in particular. */
export function exitMeaning(exitCode: number): string | undefined {
  const known = EXIT_CODES[exitCode];
  if (known !== undefined) return known;
  if (exitCode <= 128 || exitCode > 128 + 64) return undefined;
  const signal = SIGNALS[exitCode - 128];
  return signal === undefined ? `signal ${exitCode - 128}` : `${signal[0]}: ${signal[1]}`;
}

/** What a signal usually means: `SIGKILL` is "killed; often out of memory". */
export function signalMeaning(name: string): string | undefined {
  return Object.values(SIGNALS).find((s) => s[0] === name)?.[1];
}
