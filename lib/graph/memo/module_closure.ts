import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { importSpecifiers } from "./import_scanner.ts";

/** A module with all it imports by path, as one text would be. */
export interface ModuleClosure {
  /** sha256 over the names and contents of the files and the names of the packages; the same wherever the tree lies. */
  readonly hash: string;
  /** The files, from the module's own folder, sorted. */
  readonly files: readonly string[];
  /** What is imported by name only (`npm:zod@4`, `node:fs`): the content is not looked at. */
  readonly packages: readonly string[];
}

/**
 * The closure of a module: its file and, transitively, every file it imports by a relative path, an absolute one or a
 * file URL. A module that is not a file counts by its URL.
 */
export async function moduleClosure(url: string | URL): Promise<ModuleClosure> {
  const entry = new URL(url).href;
  const contents = new Map<string, string>();
  const packages = new Set<string>();
  const queue = [entry];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (contents.has(next)) continue;
    if (!next.startsWith("file:")) {
      packages.add(next);
      continue;
    }
    const text = await textOf(next);
    contents.set(next, text === undefined ? "missing" : createHash("sha256").update(text).digest("hex"));
    if (text === undefined || !SCRIPT.test(new URL(next).pathname)) continue;
    for (const specifier of importSpecifiers(text)) {
      if (!BY_PATH.test(specifier)) packages.add(specifier);
      else if (URL.canParse(specifier, next)) queue.push(withoutQuery(new URL(specifier, next)));
    }
  }
  return close(entry, contents, packages);
}

const SCRIPT = /\.[cm]?[jt]sx?$/;
const BY_PATH = /^(?:\.{0,2}\/|file:)/;

/** The same file under `?v=1` and `?v=2` is one file. */
function withoutQuery(url: URL): string {
  url.search = "";
  url.hash = "";
  return url.href;
}

/** What is not there counts as missing: the import itself will say so better than a hash can. */
async function textOf(url: string): Promise<string | undefined> {
  try {
    return await readFile(fileURLToPath(url), "utf8");
  } catch {
    return undefined;
  }
}

function close(entry: string, contents: ReadonlyMap<string, string>, packages: ReadonlySet<string>): ModuleClosure {
  const folder = entry.startsWith("file:") ? dirname(fileURLToPath(entry)) : "";
  const entries = [...contents].map(([url, hash]) => {
    return [relative(folder, fileURLToPath(url)).split(sep).join("/"), hash] as const;
  }).sort(([a], [b]) => a < b ? -1 : 1);
  const names = [...packages].sort();
  return {
    hash: createHash("sha256").update(JSON.stringify([entries, names])).digest("hex"),
    files: entries.map(([path]) => path),
    packages: names,
  };
}
