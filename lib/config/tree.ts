import { isPlain } from "./units.ts";

/** Where a value was written. */
export interface Origin {
  /** The file; undefined for an object in the script. */
  readonly file?: string | undefined;
  /** Line in that file, from 1. */
  readonly line?: number | undefined;
  /** Column in that line, from 1. */
  readonly column?: number | undefined;
  /** Environment variables that were put into it. */
  readonly env?: readonly string[] | undefined;
}

/** Keys from the root to a value. */
export type Path = readonly (string | number)[];

/** A value as it was written, with the place of each of its parts. */
export type Tree = MapTree | ListTree | ScalarTree;

/** A mapping. */
export interface MapTree {
  readonly kind: "map";
  readonly at: Origin;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** One key of a mapping and its value. */
export interface Entry {
  /** Where the key stands. */
  readonly key: Origin;
  /** Its value. */
  readonly tree: Tree;
}

/** A list. */
export interface ListTree {
  readonly kind: "list";
  readonly at: Origin;
  readonly items: readonly Tree[];
}

/** Anything without parts; `bare` is a text in YAML without quotes. */
export interface ScalarTree {
  readonly kind: "scalar";
  readonly at: Origin;
  readonly value: unknown;
  readonly bare: boolean;
}

/** The tree of an object that a script gives. Only plain objects and lists have parts. */
export function treeOf(value: unknown, above: readonly unknown[] = []): Tree {
  const at: Origin = {};
  if (above.includes(value)) return { kind: "scalar", at, value: Symbol("itself again"), bare: false };
  const within = [...above, value];
  if (Array.isArray(value)) return { kind: "list", at, items: value.map((v) => treeOf(v, within)) };
  if (!isPlain(value)) return { kind: "scalar", at, value, bare: false };
  // An option that is undefined was left out, as in every call of TypeScript.
  const given = Object.entries(value).filter(([, v]) => v !== undefined);
  const entries = given.map(([k, v]): [string, Entry] => [k, { key: at, tree: treeOf(v, within) }]);
  return { kind: "map", at, entries: new Map(entries) };
}

/** The value alone. */
export function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case "scalar":
      return tree.value;
    case "list":
      return tree.items.map(plain);
    case "map":
      // fromEntries makes own properties, so that a key `__proto__` is only an unknown key.
      return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, plain(entry.tree)]));
  }
}

/** What stands at a path: the value there, or how far the path goes. */
export interface Found {
  /** The last value on the path that is there. */
  readonly tree: Tree;
  /** The part of the path that is there. */
  readonly path: Path;
  /** Whether that is the whole path. */
  readonly exact: boolean;
}

/** Goes down a path as far as it exists. */
export function find(root: Tree, path: Path): Found {
  let tree = root;
  for (let i = 0; i < path.length; i++) {
    const next = child(tree, path[i]);
    if (next === undefined) return { tree, path: path.slice(0, i), exact: false };
    tree = next;
  }
  return { tree, path, exact: true };
}

function child(tree: Tree, key: string | number | undefined): Tree | undefined {
  switch (tree.kind) {
    case "scalar":
      return undefined;
    case "list":
      return typeof key === "number" ? tree.items[key] : undefined;
    case "map":
      return tree.entries.get(String(key))?.tree;
  }
}

/** Lays one tree over another: mappings are merged key by key, anything else is replaced. */
export function merge(base: Tree, over: Tree): Tree {
  if (base.kind !== "map" || over.kind !== "map") return over;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? entry : { key: entry.key, tree: merge(below.tree, entry.tree) });
  }
  return { kind: "map", at: over.at, entries };
}

/** A copy in which `change` was asked about each value, parts first. */
export function mapTree(tree: Tree, change: (tree: Tree, path: Path) => Tree, path: Path = []): Tree {
  switch (tree.kind) {
    case "scalar":
      return change(tree, path);
    case "list":
      return change({ ...tree, items: tree.items.map((item, i) => mapTree(item, change, [...path, i])) }, path);
    case "map": {
      const entries = [...tree.entries].map(([key, entry]): [string, Entry] => {
        return [key, { ...entry, tree: mapTree(entry.tree, change, [...path, key]) }];
      });
      return change({ ...tree, entries: new Map(entries) }, path);
    }
  }
}

/** `executors[0].provider.queue`; the root is `the configuration`. */
export function showPath(path: Path): string {
  if (path.length === 0) return "the configuration";
  return path.map((key, i) => typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`).join("");
}

/** `cluster.yml:14:7`, or an empty text for an object in the script. */
export function showOrigin(at: Origin): string {
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(":");
}
