import type { AnyDefinition } from "./foreign.ts";
import { type JsonSchema, scriptSchema } from "./json_schema.ts";
import type { Registry } from "./load.ts";

/** What stands in `docs/config.md` between the text and the tables. */
export const TABLES_MARK = "<!-- made by `sluice config docs --update docs/config.md`; write above this line -->";

/** The text of a page with its tables made anew: all that follows the mark is replaced. */
export function withTables(page: string, registry: Registry): string {
  const end = page.indexOf(TABLES_MARK);
  const text = end < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, end);
  return `${text}${TABLES_MARK}\n\n${configTables(registry)}`;
}

/** The tables of `docs/config.md`: every option of a workflow and of each kind, as Markdown. */
export function configTables(registry: Registry): string {
  const sections = [
    `## The workflow\n\n${table(scriptSchema(registry.schema))}`,
    ...section("Executors", registry.executors),
    ...section("Providers", registry.providers),
    ...section("Launchers", registry.launchers),
  ];
  return `${sections.join("\n\n")}\n`;
}

function section(title: string, definitions: readonly AnyDefinition[]): string[] {
  if (definitions.length === 0) return [];
  const parts = definitions.map((definition) => {
    const options = table(scriptSchema(definition.schema));
    return `### \`kind: ${definition.kind}\`\n\n${definition.summary}\n\n${options}${resources(definition)}`;
  });
  return [`## ${title}\n\n${parts.join("\n\n")}`];
}

function resources(definition: AnyDefinition): string {
  if (definition.resources === undefined) return "";
  if (Object.keys(definition.resources.shape).length === 0) return "\n\nIts tasks take no `resources`.";
  return `\n\nResources its tasks can ask for:\n\n${table(scriptSchema(definition.resources))}`;
}

function table(schema: JsonSchema): string {
  const rows = optionRows(schema, "");
  return ["| option | what it can be | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}

function optionRows(schema: JsonSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    if (typeof value === "boolean" || key === "kind") return [];
    const required = schema.required?.includes(key) === true;
    const cells = [`\`${prefix}${key}\``, words(value), byDefault(value, required), meaning(value)];
    const row = `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
    return value.type === "object" ? [row, ...optionRows(value, `${prefix}${key}.`)] : [row];
  });
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a mapping",
  null: "nothing",
};

function words(schema: JsonSchema): string {
  if (schema["script"] === true) return "a function (scripts only)";
  if (schema.$ref !== undefined) return `a ${schema.$ref.split("/").at(-1)}`;
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((s) => typeof s === "boolean" ? "anything" : words(s)).join(" or ");
  }
  const range = schema.type === "integer" || schema.type === "number" ? bounds(schema) : "";
  return typeof schema.type === "string" ? `${TYPES[schema.type]}${range}` : "anything";
}

function bounds({ minimum, maximum }: JsonSchema): string {
  if (minimum === undefined) return maximum === undefined ? "" : ` to ${maximum}`;
  return maximum === undefined ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
}

function byDefault(schema: JsonSchema, required: boolean): string {
  if (required) return "**needed**";
  if (typeof schema["varies"] === "string") return schema["varies"];
  return schema.default === undefined ? "" : code(schema.default);
}

function meaning(schema: JsonSchema): string {
  const example = schema.examples?.map(code).join(", ");
  return `${schema.description ?? ""}${example === undefined ? "" : ` Example: ${example}`}`;
}

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
