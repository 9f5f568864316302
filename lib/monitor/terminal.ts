import { guardConsole } from "./console_guard.ts";

/** What a live region must know of what others do to its terminal. */
export interface TerminalHooks {
  /** The script is about to write a line of its own. */
  before(): void;
  /** It has. */
  after(): void;
  /** The script ends now. */
  end(): void;
}

/** Where progress is shown. */
export interface Terminal {
  /** Whether lines can be drawn over; false for files, pipes, `TERM=dumb` and CI. */
  readonly isTerminal: boolean;
  /** Whether colours are welcome; no when not given. */
  readonly color?: boolean;
  /** How many columns it has now. */
  columns(): number;
  /** How many rows it has now; unknown when not given. */
  rows?(): number;
  /** Writes text; never throws. */
  write(text: string): void;
  /** Calls the hooks from now on; the returned function ends that. */
  watch?(hooks: TerminalHooks): () => void;
}

/** The terminal, or whatever else, that stderr of this process goes to. */
export function stderrTerminal(): Terminal {
  const isTerminal = Deno.stderr.isTerminal() && env("TERM") !== "dumb" && !isCI();
  return {
    isTerminal,
    color: isTerminal && !Deno.noColor,
    columns: () => size().columns,
    rows: () => size().rows,
    write: writeToStderr,
    watch: watchScript,
  };
}

function isCI(): boolean {
  return !["", "0", "false"].includes(env("CI") ?? "");
}

/** Asks first: reading without the permission would stop the script at a question. */
function env(variable: string): string | undefined {
  if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") return undefined;
  return Deno.env.get(variable);
}

/** A size of nothing is what pseudo-terminals say that nobody told their size. */
function size(): { readonly columns: number; readonly rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}

const encoder = new TextEncoder();

/** A closed or full stderr must not end the work: what cannot be written there is still in the log. */
function writeToStderr(text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    return;
  }
}

/** An error that nobody catches ends the script without "unload", so the region gives way before it is printed. */
function watchScript(hooks: TerminalHooks): () => void {
  const release = guardConsole(hooks.before, hooks.after);
  addEventListener("error", hooks.before);
  addEventListener("unhandledrejection", hooks.before);
  addEventListener("unload", hooks.end);
  return () => {
    release();
    removeEventListener("error", hooks.before);
    removeEventListener("unhandledrejection", hooks.before);
    removeEventListener("unload", hooks.end);
  };
}
