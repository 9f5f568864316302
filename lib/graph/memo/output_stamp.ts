import { stat } from "node:fs/promises";
import { type FileHasher, type FileMark, fileMark, sameMark } from "./file_hash.ts";

/** An output as it was when its task was done. */
export interface OutputStamp {
  /** Where it is. */
  readonly path: string;
  /** The mark of a file; a directory has none that says anything about what is in it. */
  readonly mark?: FileMark;
  /** Hash of the content, unless the file was too big to be read for it. */
  readonly hash?: string;
}

/** What came of stamping the outputs of a task. */
export type Stamped =
  | { readonly kind: "stamped"; readonly stamps: readonly OutputStamp[] }
  /** The task must not be recorded: a later run could not tell whether its outputs are still its own. */
  | { readonly kind: "unusable"; readonly why: string };

/** Files above this size are known by size and time only: reading them would cost more than many tasks do. */
const HASH_LIMIT = 256 * 1024 * 1024;

/** Stamps the outputs of a task that is done. */
export async function stampOutputs(
  paths: readonly string[],
  hasher: FileHasher,
  limit: number = HASH_LIMIT,
): Promise<Stamped> {
  const stamps: OutputStamp[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    const mark = info?.isFile() ? await fileMark(path) : undefined;
    if (mark !== undefined && Number(mark.size) > limit) {
      stamps.push({ path, mark });
      continue;
    }
    const state = await hasher.state(path);
    if (state.kind === "unknown") return { kind: "unusable", why: state.why };
    if (state.kind === "missing") return { kind: "unusable", why: `output ${path} is missing` };
    stamps.push({ path, hash: state.hash, ...(mark === undefined ? {} : { mark }) });
  }
  return { kind: "stamped", stamps };
}

/** Why the outputs of a record can not be used as they are, or undefined when every one is there and unchanged. */
export async function outputsChanged(stamps: readonly OutputStamp[], hasher: FileHasher): Promise<string | undefined> {
  for (const stamp of stamps) {
    const why = await outputChanged(stamp, hasher);
    if (why !== undefined) return why;
  }
  return undefined;
}

async function outputChanged(stamp: OutputStamp, hasher: FileHasher): Promise<string | undefined> {
  const { path, mark, hash } = stamp;
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) return `output ${path} is missing`;
  if ((mark !== undefined) !== info.isFile()) return `output ${path} is no longer a ${mark ? "file" : "directory"}`;
  if (mark !== undefined) {
    const now = await fileMark(path);
    if (sameMark(mark, now)) return undefined;
    if (mark.size !== now.size) return `output ${path} changed: it had ${mark.size} bytes and has ${now.size}`;
    // Copied or linked anew with its times kept: size and time are all there is to go by.
    if (hash === undefined) return mark.mtime === now.mtime ? undefined : `output ${path} was written again`;
  }
  const state = await hasher.state(path);
  if (state.kind === "unknown") return state.why;
  return state.kind === "known" && state.hash === hash ? undefined : `output ${path} changed its content`;
}
