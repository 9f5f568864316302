import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "../deps/zod.ts";
import { interpolate, type ReadEnv } from "./env.ts";
import { readConfigFile } from "./file.ts";
import { type AnyDefinition, loadForeign, type Role } from "./foreign.ts";
import { describeIssue, issuesError, type Problem, problemAt, problemsError, valueError } from "./issues.ts";
import { type Entry, find, mapTree, type Path, plain, type Tree, treeOf } from "./tree.ts";

/** All kinds there are, and the schema of a configuration that may use them. */
export interface Registry<S extends z.ZodType = z.ZodType> {
  /** Schema of a whole configuration. */
  readonly schema: S;
  /** Kinds of executors. */
  readonly executors: readonly AnyDefinition[];
  /** Kinds of providers. */
  readonly providers: readonly AnyDefinition[];
  /** Kinds of launchers. */
  readonly launchers: readonly AnyDefinition[];
}

/** A configuration that was read, and what it was read from. */
export interface Loaded<S extends z.ZodType> {
  /** Every value, defaults filled in. */
  readonly config: z.output<S>;
  /** What was written, with the place of each value. */
  readonly tree: Tree;
}

/**
 * Reads a configuration: an object, the path of a YAML file, or nothing for every default. All that is wrong with it
 * comes in one `ConfigError`, before anything is started.
 */
export async function loadConfig<S extends z.ZodType>(
  input: z.input<S> | string | undefined,
  registry: Registry<S>,
): Promise<z.output<S>> {
  return (await loadWithTree(input, registry)).config;
}

/** Like `loadConfig`, and keeps where each value was written. */
export async function loadWithTree<S extends z.ZodType>(
  input: z.input<S> | string | undefined,
  registry: Registry<S>,
  env?: ReadEnv,
): Promise<Loaded<S>> {
  const written = typeof input === "string"
    ? interpolate(await readConfigFile(input), env)
    : treeOf(input === undefined ? {} : input);
  const tree = await resolveForeign(withoutExtras(written));
  refuseInstances(tree);
  const result = registry.schema.safeParse(plain(tree), { error: describeIssue });
  if (!result.success) throw issuesError(result.error, tree);
  return { config: result.data, tree };
}

/** Keys `x-…` at the top are the writer's own: a place for anchors that are used further down. */
function withoutExtras(tree: Tree): Tree {
  if (tree.kind !== "map") return tree;
  return { ...tree, entries: new Map([...tree.entries].filter(([key]) => !key.startsWith("x-"))) };
}

/** zod takes a Map or a Date for an object without keys, and would read every default out of it. */
function refuseInstances(root: Tree): void {
  const problems: Problem[] = [];
  mapTree(root, (node, path) => {
    if (node.kind === "scalar" && typeof node.value === "object" && node.value !== null) {
      problems.push(problemAt(root, path, "expected plain data"));
    }
    return node;
  });
  if (problems.length > 0) throw problemsError(problems);
}

/** Imports what `use` names and makes its addresses absolute, so that the schema can be asked at once. */
async function resolveForeign(root: Tree): Promise<Tree> {
  const imports: Promise<void>[] = [];
  const tree = mapTree(root, (node, path) => {
    const role = roleAt(path);
    const use = node.kind === "map" ? node.entries.get("use") : undefined;
    if (node.kind !== "map" || role === undefined || use === undefined) return node;
    const kind = node.entries.get("kind");
    if (kind !== undefined && (kind.tree.kind !== "scalar" || kind.tree.value !== "use")) {
      throw valueError(root, [...path, "use"], "it has a kind too; use takes the place of kind");
    }
    const address = use.tree.kind === "scalar" ? use.tree.value : undefined;
    if (typeof address !== "string" || address === "") {
      throw valueError(root, [...path, "use"], "expected the path of a module");
    }
    const url = absolute(address, use.tree.at.file);
    imports.push(importAt(root, [...path, "use"], url, role));
    const entries = new Map<string, Entry>(node.entries);
    entries.set("kind", { key: use.key, tree: { kind: "scalar", at: use.tree.at, value: "use", bare: false } });
    entries.set("use", { key: use.key, tree: { kind: "scalar", at: use.tree.at, value: url, bare: false } });
    return { ...node, entries };
  });
  await Promise.all(imports);
  return tree;
}

async function importAt(root: Tree, path: Path, url: string, role: Role): Promise<void> {
  const why = await loadForeign(url, role);
  if (why !== undefined) throw valueError(root, path, why);
}

/** What goes at a path: only these places choose one of several kinds. */
function roleAt(path: Path): Role | undefined {
  const last = path.at(-1);
  if (path.length === 2 && path[0] === "executors") return "executor";
  return last === "provider" || last === "launcher" ? last : undefined;
}

/** A path counts from the file it stands in; in a script, from where it was started. */
function absolute(address: string, file: string | undefined): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(address)) return address;
  return pathToFileURL(resolve(file === undefined ? "." : dirname(file), address)).href;
}

/** Where one value of a loaded configuration comes from. */
export type Source =
  | { readonly kind: "default" }
  | { readonly kind: "script" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "env"; readonly names: readonly string[]; readonly file: string; readonly line: number };

/** Where the value at a path comes from. */
export function sourceOf(tree: Tree, path: Path): Source {
  const found = find(tree, path);
  if (!found.exact) return { kind: "default" };
  const { file, line, env } = found.tree.at;
  if (file === undefined || line === undefined) return { kind: "script" };
  return env === undefined ? { kind: "file", file, line } : { kind: "env", names: env, file, line };
}

/** A loaded configuration in the form in which it is written: durations and sizes as texts. */
export function writtenForm<S extends z.ZodType>(config: z.output<S>, registry: Registry<S>): z.input<S> {
  return z.encode(registry.schema, config);
}
