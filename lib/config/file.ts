import { dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, type ErrorExtras, PermissionError } from "../errors/mod.ts";
import { nearest } from "../text.ts";
import { type MapTree, merge, showOrigin, type Tree } from "./tree.ts";
import { parseYaml } from "./yaml.ts";

/** Reads a configuration file and the files it extends into one tree, in which each value keeps its own place. */
export async function readConfigFile(path: string): Promise<Tree> {
  return await readExtended(path.startsWith("file:") ? fileURLToPath(path) : path, []);
}

async function readExtended(path: string, above: readonly string[]): Promise<Tree> {
  const own = resolve(path);
  const tree = parseYaml(await readText(path), path);
  const entry = tree.kind === "map" ? tree.entries.get("extends") : undefined;
  if (tree.kind !== "map" || entry === undefined) return tree;
  const { at } = entry.tree;
  const wanted = entry.tree.kind === "scalar" ? entry.tree.value : undefined;
  if (typeof wanted !== "string" || wanted === "") {
    throw new ConfigError("Cannot use this as extends: expected the path of one file", { ...at, path: ["extends"] });
  }
  const base = isAbsolute(wanted) ? wanted : join(dirname(path), wanted);
  const chain = [...above, own];
  if (chain.includes(resolve(base))) {
    throw new ConfigError(`Cannot use "${wanted}" as extends: it extends this file, and neither would come first`, {
      ...at,
      path: ["extends"],
      got: wanted,
    });
  }
  return merge(await extended(base, chain, `named in extends at ${showOrigin(at)}`), without(tree, "extends"));
}

/** Reads the file that another one extends; when it cannot be read, the hint says who asked for it. */
async function extended(path: string, above: readonly string[], who: string): Promise<Tree> {
  try {
    return await readExtended(path, above);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new ConfigError(error.message, error.place, { hint: who, cause: error.cause });
  }
}

function without(tree: MapTree, key: string): MapTree {
  return { ...tree, entries: new Map([...tree.entries].filter(([name]) => name !== key)) };
}

/** The file itself cannot be read, before any question of what is in it. */
class UnreadableError extends ConfigError {
  constructor(path: string, why: string, extras: ErrorExtras = {}) {
    super(`Cannot read the configuration ${path}: ${why}`, { got: path }, extras);
  }
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    throw await unreadable(path, cause);
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new UnreadableError(path, `it is not a text file: byte ${nul + 1} is 0`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UnreadableError(path, "it is not a text file in UTF-8", { cause });
  }
}

async function unreadable(path: string, cause: unknown): Promise<Error> {
  if (cause instanceof Deno.errors.NotCapable) {
    return new PermissionError(`read the configuration ${path}`, `--allow-read=${path}`, cause);
  }
  if (cause instanceof Deno.errors.NotFound) {
    const near = await nearestFile(path);
    return new UnreadableError(path, `there is no such file${near === undefined ? "" : `; did you mean "${near}"?`}`);
  }
  if (await isDirectory(path)) {
    return new UnreadableError(path, "it is a directory; name a file in it");
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return new UnreadableError(path, "its permissions do not let you read it", { cause });
  }
  return new UnreadableError(path, cause instanceof Error ? cause.message : String(cause), { cause });
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** A YAML file beside the one that was asked for, with nearly its name. */
async function nearestFile(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name);
    const near = nearest(path.slice(path.lastIndexOf("/") + 1), names.filter((n) => /\.(ya?ml|json)$/.test(n)).sort());
    return near === undefined ? undefined : join(folder, near);
  } catch {
    // The suggestion is a courtesy; the folder itself may be what is missing.
    return undefined;
  }
}
