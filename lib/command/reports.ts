/** What a warm shell says, one line each. */
export type Report =
  | { readonly kind: "loop"; readonly loop: number }
  | { readonly kind: "loopDied"; readonly loop: number }
  | { readonly kind: "marker"; readonly marker: string; readonly loop: number }
  | { readonly kind: "started"; readonly token: string; readonly loop: number; readonly pid: number }
  | {
    readonly kind: "ended";
    readonly token: string;
    readonly loop: number;
    readonly code: number;
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly signalled: boolean;
    readonly leftovers: boolean;
    readonly refused: boolean;
  }
  | { readonly kind: "tooOld"; readonly version: string }
  | { readonly kind: "unknown"; readonly line: string };

/** Cuts the bytes of the report pipe into reports, however they were cut on the way. */
export class ReportReader {
  readonly #decoder = new TextDecoder();
  #rest = "";

  /** The reports that are complete with these bytes. */
  push(bytes: Uint8Array): Report[] {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const reports: Report[] = [];
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      reports.push(parseReport(text.slice(from, end)));
      from = end + 1;
    }
    this.#rest = text.slice(from);
    return reports;
  }
}

/** Reads one line; what does not read is told as `unknown`. */
export function parseReport(line: string): Report {
  const words = line.slice(1).split(" ");
  const [first = "", second = "", third = "", fourth = ""] = words;
  switch (line[0]) {
    case "+":
      if (words.length !== 3 || !isNumber(second) || !isNumber(third)) break;
      return { kind: "started", token: first, loop: Number(second), pid: Number(third) };
    case "-":
      if (words.length !== 4 || !isNumber(second) || !isNumber(third)) break;
      return {
        kind: "ended",
        token: first,
        loop: Number(second),
        code: Number(third),
        stdout: fourth.includes("o"),
        stderr: fourth.includes("e"),
        signalled: fourth.includes("s"),
        leftovers: fourth.includes("g"),
        refused: fourth.includes("r"),
      };
    case "l":
      if (!isNumber(second)) break;
      return { kind: "loop", loop: Number(second) };
    case "x":
      if (!isNumber(second)) break;
      return { kind: "loopDied", loop: Number(second) };
    case "?":
      if (!isNumber(second)) break;
      return { kind: "marker", marker: `?${first}`, loop: Number(second) };
    case "v":
      return { kind: "tooOld", version: second };
  }
  return { kind: "unknown", line };
}

function isNumber(word: string): boolean {
  return /^\d{1,10}$/.test(word);
}
