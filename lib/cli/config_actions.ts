import { REGISTRY } from "../../executors/mod.ts";
import { configTables, withTables } from "../config/docs.ts";
import { editorSchema } from "../config/json_schema.ts";
import { loadWithTree } from "../config/load.ts";
import { resolvedValues, resolvedYaml, showSource, writtenYaml } from "../config/show.ts";
import { plain, showPath } from "../config/tree.ts";
import { count } from "../text.ts";

/** One line on a configuration without faults. */
export async function checkText(file: string): Promise<string> {
  const { config } = await loadWithTree(file, REGISTRY);
  const executors = config.executors.map(({ kind, label }) => kind === label ? kind : `${label} (${kind})`);
  return `${file}: ok, ${count(executors.length, "executor")}: ${executors.join(", ")}\n`;
}

/** A configuration as YAML or JSON, as it was written or with every value there is. */
export async function showText(file: string, resolved: boolean, json: boolean): Promise<string> {
  const loaded = await loadWithTree(file, REGISTRY);
  if (!json) return resolved ? resolvedYaml(loaded, REGISTRY) : writtenYaml(loaded);
  if (!resolved) return toJson(plain(loaded.tree));
  const values = resolvedValues(loaded, REGISTRY);
  return toJson(
    Object.fromEntries(values.map(({ path, value, from }) => [showPath(path), { value, from: showSource(from) }])),
  );
}

/** The JSON schema for editors. */
export function schemaText(): string {
  return toJson(editorSchema(REGISTRY.schema));
}

/** The tables of all options. */
export function tablesText(): string {
  return configTables(REGISTRY);
}

/** Puts the tables into a page. */
export async function updatePage(file: string): Promise<void> {
  await Deno.writeTextFile(file, withTables(await Deno.readTextFile(file), REGISTRY));
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
