import { join, resolve } from "node:path";
import { ConfigError } from "../../errors/config.ts";
import { PermissionError } from "../../errors/base.ts";

/** The directory of a run. */
export interface RunDir {
  /** Its number. */
  readonly number: number;
  /** Its name: the number in four digits or more. */
  readonly name: string;
  /** Its absolute path. */
  readonly path: string;
}

/** Fifteen digits still are an exact number. */
const RUN_NAME = /^\d{4,15}$/;

/** The run directories in a directory, lowest number first. Other names are ignored; no directory has no runs. */
export function findRuns(runsDir: string): RunDir[] {
  const parent = resolve(runsDir);
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(parent)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw unusable(parent, error);
  }
  return entries
    .filter((entry) => RUN_NAME.test(entry.name) && (entry.isDirectory || entry.isSymlink))
    .map((entry) => ({ number: Number(entry.name), name: entry.name, path: join(parent, entry.name) }))
    .sort((a, b) => a.number - b.number || a.name.length - b.name.length);
}

/** Scripts that start together take the next number each; more collisions than this is not bad luck. */
const TRIES = 1000;

/** Makes the directory of the next run: one above the highest. Scripts that start at once get one each. */
export function makeRunDir(runsDir: string): RunDir {
  const parent = resolve(runsDir);
  try {
    // Not node:fs: loading it would take longer than all the rest of a short script.
    Deno.mkdirSync(parent, { recursive: true });
    let number = nextNumber(parent);
    for (let tries = 0; tries < TRIES; tries++, number++) {
      const name = String(number).padStart(4, "0");
      const path = join(parent, name);
      try {
        Deno.mkdirSync(path);
        return { number, name, path };
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      }
    }
  } catch (error) {
    throw unusable(parent, error);
  }
  throw new ConfigError(`Cannot make a run directory in ${parent}: the next ${TRIES} numbers are taken by files`);
}

/** Every entry that looks like a number counts here, as a file of that name is in the way too. */
function nextNumber(parent: string): number {
  let most = 0;
  for (const { name } of Deno.readDirSync(parent)) {
    if (RUN_NAME.test(name)) most = Math.max(most, Number(name));
  }
  return most + 1;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function unusable(parent: string, error: unknown): ConfigError | PermissionError {
  if (error instanceof PermissionError || error instanceof ConfigError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new PermissionError(
      `use the runs directory ${parent}`,
      `--allow-read=${parent} --allow-write=${parent}`,
      error,
    );
  }
  const code = codeOf(error);
  const why = REASONS[String(code)] ?? (error instanceof Error ? error.message : String(error));
  return new ConfigError(`Cannot use the runs directory ${parent}: ${why}`, { path: ["runDir"], got: parent }, {
    cause: error,
    hint: "set runDir to a directory that can be written",
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "it is a file, not a directory",
  ENOTDIR: "it, or what it lies in, is a file and not a directory",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "its file system is read-only",
  ENOSPC: "its disk is full",
  EDQUOT: "your disk quota is used up",
};
