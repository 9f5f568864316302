import { assertEquals, assertExists } from "@std/assert";
import { EXECUTORS, rootSchema } from "../../../executors/mod.ts";
import { configTables, TABLES_MARK, withTables } from "../../../lib/config/docs.ts";
import { editorSchema, type JsonSchema, scriptSchema } from "../../../lib/config/json_schema.ts";
import { REGISTRY } from "../../../executors/mod.ts";

/** Enough of JSON schema to check what ours uses. */
function valid(schema: JsonSchema | boolean, value: unknown, root: JsonSchema): boolean {
  if (typeof schema === "boolean") return schema;
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.split("/").at(-1) ?? ""];
    assertExists(target, schema.$ref);
    return valid(target, value, root);
  }
  if (schema.anyOf !== undefined && !schema.anyOf.some((s) => valid(s, value, root))) return false;
  if (schema.oneOf !== undefined && schema.oneOf.filter((s) => valid(s, value, root)).length !== 1) return false;
  if (schema.const !== undefined && value !== schema.const) return false;
  if (schema.enum !== undefined && !schema.enum.some((e) => e === value)) return false;
  if (typeof value === "number" && !inRange(schema, value)) return false;
  if (typeof value === "string" && schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    return false;
  }
  switch (schema.type) {
    case "object":
      return validObject(schema, value, root);
    case "array":
      return Array.isArray(value) && value.length >= (schema.minItems ?? 0) &&
        value.every((item) =>
          typeof schema.items !== "object" || Array.isArray(schema.items) || valid(schema.items, item, root)
        );
    case "integer":
      return Number.isInteger(value);
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number";
    case "boolean":
      return typeof value === "boolean";
    case undefined:
      return true;
    default:
      throw new Error(`the checker does not know ${schema.type}`);
  }
}

function inRange({ minimum = -Infinity, maximum = Infinity }: JsonSchema, value: number): boolean {
  return value >= minimum && value <= maximum;
}

function validObject(schema: JsonSchema, value: unknown, root: JsonSchema): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (schema.required?.some((key) => !(key in value)) === true) return false;
  return Object.entries(value).every(([key, item]) => {
    const own = schema.properties?.[key];
    if (own !== undefined) return valid(own, item, root);
    const pattern = Object.entries(schema.patternProperties ?? {}).find(([p]) => new RegExp(p).test(key));
    return pattern !== undefined ? valid(pattern[1], item, root) : schema.additionalProperties !== false;
  });
}

Deno.test("editorSchema() accepts a good file and refuses bad ones", () => {
  const schema = editorSchema(rootSchema);
  const good = {
    extends: "site.yml",
    "x-mine": { any: "thing" },
    retries: 2,
    walltime: "1h30m",
    killDelay: 3,
    resume: "last",
    retryBackoff: { initial: "500ms", max: "0:10:00" },
    executors: [{ kind: "threads", label: "a", memPerWorker: "2GiB" }, { use: "./mine.ts", anything: 1 }],
  };
  assertEquals(valid(schema, good, schema), true);
  const bad: readonly unknown[] = [
    { retrys: 1 },
    { retries: "2" },
    { retries: -1 },
    { walltime: "1:30" },
    { walltime: true },
    { executors: [] },
    { executors: [{}] },
    { executors: [{ kind: "thread" }] },
    { executors: [{ kind: "threads", maxThreds: 2 }] },
    { executors: [{ kind: "threads", memPerWorker: "much" }] },
    { checkpointMode: "sometimes" },
    { retryHandler: "f" },
    [],
  ];
  for (const value of bad) assertEquals(valid(schema, value, schema), false, JSON.stringify(value));
});

Deno.test("editorSchema() is the same each time and on each machine", () => {
  const text = JSON.stringify(editorSchema(rootSchema));
  assertEquals(JSON.stringify(editorSchema(rootSchema)), text);
  const cores = navigator.hardwareConcurrency;
  assertEquals(text.includes(`"default":${cores},"description":"Tasks that run`), false);
  assertEquals(editorSchema(rootSchema).additionalProperties, false);
});

/** Options without parts of their own. */
function leaves(schema: JsonSchema, path: string): [string, JsonSchema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]): [string, JsonSchema][] => {
    if (typeof value === "boolean" || key === "kind") return [];
    const at = `${path}.${key}`;
    return value.type === "object" ? leaves(value, at) : [[at, value]];
  });
}

Deno.test("every option has a description and, if a file can give it, an example", () => {
  const all = [
    ...leaves(scriptSchema(rootSchema), "root"),
    ...EXECUTORS.flatMap((definition) => leaves(scriptSchema(definition.schema), definition.kind)),
  ];
  assertEquals(all.length > 20, true);
  for (const [path, option] of all) {
    assertExists(option.description, path);
    if (option["script"] !== true) assertExists(option.examples, path);
  }
});

Deno.test("docs/config.md has the tables of the schema (deno run -A lib/cli/main.ts config docs --update docs/config.md)", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/config.md", import.meta.url));
  assertEquals(page.includes(TABLES_MARK), true);
  assertEquals(page, withTables(page, REGISTRY));
  assertEquals(configTables(REGISTRY).includes("| `retries` | a whole number from 0 | `0` |"), true);
});
