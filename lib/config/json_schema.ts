import * as z from "../deps/zod.ts";

/** A JSON schema or a part of one. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** How the two kinds of options that are text or number look in a file. */
const UNITS: Readonly<Record<string, JsonSchema>> = {
  duration: {
    title: "duration",
    anyOf: [
      { type: "number", minimum: 0, description: "Seconds." },
      {
        type: "string",
        pattern: "^(\\$\\{env:.*|(\\d+(\\.\\d+)?(ms|[smhd])\\s*)+|\\d+:\\d+:\\d+|\\d+-\\d+(:\\d+){0,2})$",
        description: "Such as 90s, 5m, 1h30m, 0:30:00 or 1-00:00:00.",
      },
    ],
  },
  size: {
    title: "size",
    anyOf: [
      { type: "number", exclusiveMinimum: 0, description: "GB, counted as 2^30 bytes." },
      {
        type: "string",
        pattern: "^(\\$\\{env:.*|\\d+(\\.\\d+)?\\s*([KMGTPkmgtp]([iI]?[bB])?|[bB]))$",
        description: "Such as 4GiB, 500MB, 2TB or 512M.",
      },
    ],
  },
};

/** Everything that can be written in a script, as a JSON schema; editors get `editorSchema` instead. */
export function scriptSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    // Functions and units have no JSON type of their own; `dress` gives the units one.
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => dress(zodSchema, jsonSchema),
  });
}

function dress(schema: z.core.$ZodType, json: JsonSchema): void {
  // zod drops the examples of what is read in one form and used in another; ours are in the written form.
  const examples = z.globalRegistry.get(schema)?.["examples"];
  if (Array.isArray(examples)) json.examples = examples;
  const { unit, foreign } = json;
  if (typeof unit === "string") {
    delete json["unit"];
    Object.assign(json, UNITS[unit]);
  }
  if (foreign === true) {
    delete json["foreign"];
    // In a file, `use` alone says the kind.
    json.required = ["use"];
    delete json.properties?.["kind"];
  }
  // zod leaves `minimum` of a safe integer at its own bounds, which say nothing to a reader.
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
}

/** The JSON schema that editors check and complete YAML files by: only what a file can say. */
export function editorSchema(schema: z.ZodType): JsonSchema {
  const json = forFiles(scriptSchema(schema));
  const { $schema, ...rest } = json;
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: "Sluice configuration",
    ...rest,
    properties: {
      extends: { type: "string", description: "Another configuration that this one adds to; relative to this file." },
      ...json.properties,
    },
    patternProperties: { "^x-": { description: "Your own, for anchors that are used further down." } },
  };
}

/** A copy without what only a script can give, and without what differs from machine to machine. */
function forFiles(json: JsonSchema): JsonSchema {
  const properties = Object.entries(json.properties ?? {}).filter(([, value]) => !isMarked(value, "script"));
  const { varies, ...rest } = json;
  if (varies !== undefined) delete rest.default;
  return {
    ...rest,
    ...(json.properties === undefined ? {} : {
      properties: Object.fromEntries(properties.map(([key, value]) => [key, part(value)])),
    }),
    ...(json.items === undefined || Array.isArray(json.items) ? {} : { items: part(json.items) }),
    ...(json.oneOf === undefined ? {} : { oneOf: json.oneOf.map(part) }),
    ...(json.anyOf === undefined ? {} : { anyOf: json.anyOf.map(part) }),
  };
}

function part<T extends JsonSchema | boolean>(json: T): JsonSchema | T {
  return typeof json === "boolean" ? json : forFiles(json);
}

function isMarked(json: JsonSchema | boolean, mark: string): boolean {
  return typeof json !== "boolean" && json[mark] === true;
}
