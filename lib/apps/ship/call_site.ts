/** A place in a script. */
export interface CallSite {
  /** URL of the file. */
  readonly file: string;
  /** Line in it, from 1. */
  readonly line: number;
}

const ROOT = new URL("../../../", import.meta.url).href;

/** Parts of the toolkit below its root: examples and tests live there too, and are scripts like any other. */
const OWN_PARTS = /^(?:mod\.ts|lib\/|executors\/|providers\/|launchers\/)/;

/** `at name (file:///x.ts:1:2)` or `at file:///x.ts:1:2`. */
const FRAME = /^\s*at (?:.*\()?([a-z][a-z0-9+.-]*:\S.*?):(\d+):\d+\)?$/;

/** More frames than the toolkit ever has between a script and this function. */
const DEPTH = 24;

/** The place in the script from which the toolkit was entered; undefined when the stack does not say. */
export function callSiteFile(): CallSite | undefined {
  const stack = captureStack();
  if (stack === undefined) return undefined;
  for (const text of stack.split("\n")) {
    const frame = FRAME.exec(text);
    const file = frame?.[1];
    if (file === undefined || file.startsWith("ext:") || file.startsWith("node:")) continue;
    if (file.startsWith(ROOT) && OWN_PARTS.test(file.slice(ROOT.length))) continue;
    return { file, line: Number(frame?.[2]) };
  }
  return undefined;
}

function captureStack(): string | undefined {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = DEPTH;
    const stack: unknown = new Error().stack;
    // A script may have set Error.prepareStackTrace to make anything of it.
    return typeof stack === "string" ? stack : undefined;
  } finally {
    Error.stackTraceLimit = limit;
  }
}
