import { join } from "node:path";
import { type KeyParts, memoKey } from "../../../../lib/graph/memo/key.ts";
import type { MemoRecord } from "../../../../lib/graph/journal/record.ts";

/** A directory for a test, removed at the end of its block. */
export interface TempDir extends Disposable {
  /** The directory. */
  readonly root: string;
  /** A path in it. */
  path(...names: string[]): string;
}

/** Makes a directory for a test. */
export function tempDir(): TempDir {
  const root = Deno.makeTempDirSync({ prefix: "sluice-test-" });
  return {
    root,
    path: (...names) => join(root, ...names),
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

/** The parts of a call of a small function with one number. */
export function partsOf(n: number, app = "square"): KeyParts {
  return { kind: "function", code: `(x) => ${app}(x)`, args: `[${n}]`, inputs: [], outputs: [], options: {} };
}

/** The record of that call; its result is a text that holds the number. */
export function recordOf(n: number, app = "square", value: unknown = `result ${n}`): MemoRecord {
  const parts = partsOf(n, app);
  return { key: memoKey(parts), app, parts, value, outputs: [] };
}

/** The key of that call. */
export function keyOf(n: number, app = "square"): string {
  return memoKey(partsOf(n, app));
}
