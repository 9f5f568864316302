import { Document, isScalar } from "../deps/yaml.ts";
import type * as z from "../deps/zod.ts";
import { type Loaded, type Registry, type Source, sourceOf, writtenForm } from "./load.ts";
import { type Path, plain } from "./tree.ts";

/** One value of a configuration and where it comes from. */
export interface ResolvedValue {
  /** Keys from the root. */
  readonly path: Path;
  /** The value as it is written. */
  readonly value: unknown;
  /** Where it comes from. */
  readonly from: Source;
}

/** The configuration as it was written, files and variables put together, as YAML. */
export function writtenYaml<S extends z.ZodType>(loaded: Loaded<S>): string {
  return new Document(plain(loaded.tree)).toString();
}

/** Every value there is, defaults filled in, with where it comes from. */
export function resolvedValues<S extends z.ZodType>(loaded: Loaded<S>, registry: Registry<S>): ResolvedValue[] {
  return leaves(writtenForm(loaded.config, registry), []).map(([path, value]) => {
    return { path, value, from: sourceOf(loaded.tree, path) };
  });
}

/** The configuration with every default filled in, as YAML with the source of each value in a comment. */
export function resolvedYaml<S extends z.ZodType>(loaded: Loaded<S>, registry: Registry<S>): string {
  const document = new Document(writtenForm(loaded.config, registry));
  for (const { path, from } of resolvedValues(loaded, registry)) {
    const node = document.getIn(path, true);
    if (isScalar(node)) node.comment = ` ${showSource(from)}`;
  }
  // Folding a long text would part it from its comment.
  return document.toString({ lineWidth: 0 });
}

/** `default`, `cluster.yml:14`, `$WALLTIME (cluster.yml:14)` or `script`. */
export function showSource(from: Source): string {
  switch (from.kind) {
    case "default":
    case "script":
      return from.kind;
    case "file":
      return `${from.file}:${from.line}`;
    case "env":
      return `${from.names.map((name) => `$${name}`).join(", ")} (${from.file}:${from.line})`;
  }
}

function leaves(value: unknown, path: Path): [Path, unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(item, [...path, i]));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  }
  return value === undefined ? [] : [[path, value]];
}
