import * as z from "../deps/zod.ts";
import type { Executor } from "../executor.ts";
import { type AnyDefinition, foreignDefinition, type Role } from "./foreign.ts";
import { describeIssue } from "./issues.ts";

export type { AnyDefinition, Role } from "./foreign.ts";

/** One kind of executor, provider or launcher: everything else about it derives from this. */
export interface Definition<R extends Role, K extends string, Shape extends z.ZodRawShape, Made> {
  /** What it can be used as. */
  readonly role: R;
  /** The word that chooses it. */
  readonly kind: K;
  /** One sentence for people. */
  readonly summary: string;
  /** The options with their kind. */
  readonly schema: SchemaOf<K, Shape>;
  /** For executors: the resource keys a task may ask for. */
  readonly resources: z.ZodObject | undefined;
  /** Makes one from checked options. */
  create(config: z.output<SchemaOf<K, Shape>>): Made | Promise<Made>;
}

/** The strict schema of one kind. */
export type SchemaOf<K extends string, Shape extends z.ZodRawShape> = z.ZodObject<
  { kind: z.ZodLiteral<K> } & Shape,
  z.core.$strict
>;

/** What a definition is made of. */
export interface DefinitionSpec<K extends string, Shape extends z.ZodRawShape, Made> {
  /** The word that chooses it. */
  readonly kind: K;
  /** One sentence for people. */
  readonly summary: string;
  /** Its options, each with `.meta({ description })`. */
  readonly options: Shape;
  /** Makes one from checked options; imports what it needs, so that only what is used is loaded. */
  create(config: z.output<SchemaOf<K, Shape>>): Made | Promise<Made>;
}

/** Makes the definition of a provider or launcher; see `defineProvider` and `defineLauncher` for the typed doors. */
export function define<R extends Role, const K extends string, Shape extends z.ZodRawShape, Made>(
  role: R,
  spec: DefinitionSpec<K, Shape, Made>,
  resources?: z.ZodObject,
): Definition<R, K, Shape, Made> {
  const kind = z.literal(spec.kind).meta({ description: spec.summary });
  // A spread of generics is not known to keep the keys of both.
  const shape = { kind, ...spec.options } as { kind: z.ZodLiteral<K> } & Shape;
  const schema = z.strictObject(shape).meta({ description: spec.summary });
  return { role, kind: spec.kind, summary: spec.summary, schema, resources, create: (config) => spec.create(config) };
}

/** The label every executor has, besides its own options. */
export type LabelShape = { label: z.ZodDefault<z.ZodString> };

/** What an executor's definition is made of. */
export interface ExecutorSpec<K extends string, Shape extends z.ZodRawShape>
  extends Omit<DefinitionSpec<K, Shape, Executor>, "create"> {
  /** The resource keys a task may ask for. */
  readonly resources: z.ZodRawShape;
  /** Makes one from checked options, the label among them. */
  create(config: z.output<SchemaOf<K, LabelShape & Shape>>): Executor | Promise<Executor>;
}

/** Defines a kind of executor: its options, the resources its tasks may ask for, and how to make one. */
export function defineExecutor<const K extends string, Shape extends z.ZodRawShape>(
  spec: ExecutorSpec<K, Shape>,
): Definition<"executor", K, LabelShape & Shape, Executor> {
  const label = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, {
    error: "a label is made of letters, digits, _, . and -, as it names a directory",
  }).default(spec.kind).meta({
    description: "Its name in a workflow: apps choose executors by it, and files of the run carry it.",
    examples: ["local"],
  });
  const options = { label, ...spec.options };
  return define("executor", { ...spec, options }, z.strictObject(spec.resources));
}

/** Options of a definition that is not in a list, with the address of the module that exports it. */
export type ForeignConfig<R extends Role> =
  & { readonly kind: "use"; readonly use: string; readonly [option: string]: unknown }
  & (R extends "executor" ? { readonly label: string } : unknown);

/** Schema of options with `use` in the place of `kind`. */
export type ForeignSchema<R extends Role> = z.ZodCodec<
  z.ZodObject<{ kind: z.ZodLiteral<"use">; use: z.ZodString }, z.core.$loose>,
  z.ZodCustom<ForeignConfig<R>, ForeignConfig<R>>
>;

/** The schemas of a list of definitions. */
export type SchemasOf<L extends readonly AnyDefinition[]> = { -readonly [I in keyof L]: L[I]["schema"] };

/** Schema of a choice of one kind out of a list, or of a third party's by `use`. */
export type Choice<R extends Role, L extends readonly AnyDefinition[]> = z.ZodDiscriminatedUnion<
  [ForeignSchema<R>, ...SchemasOf<L>],
  "kind"
>;

/** The choice of one kind out of a list of definitions, or of a third party's definition by `use: ./file.ts`. */
export function choice<R extends Role, const L extends readonly AnyDefinition[]>(role: R, list: L): Choice<R, L> {
  const schemas = list.map((d) => d.schema);
  // A map over a tuple forgets its length and the type of each member; the result type puts them back.
  return z.discriminatedUnion("kind", [foreignSchema(role), ...schemas]) as unknown as Choice<R, L>;
}

function foreignSchema<R extends Role>(role: R): ForeignSchema<R> {
  const use = z.string().meta({
    description: `Module that default-exports the definition of the ${role}; a path is relative to the file it is in.`,
    examples: [`./my_${role}.ts`],
  });
  const written = z.looseObject({ kind: z.literal("use"), use })
    .meta({ description: `Another ${role}, which is not part of the toolkit.`, foreign: true });
  return z.codec(written, z.custom<ForeignConfig<R>>(), {
    decode: ({ kind: _, use, ...options }, context) => {
      const definition = foreignDefinition(use);
      const result = definition.schema.safeParse({ ...options, kind: definition.kind }, { error: describeIssue });
      if (result.success) return { ...result.data, kind: "use", use } as unknown as ForeignConfig<R>;
      // zod wants back the input of an issue, which the place in the file replaces.
      for (const issue of result.error.issues) context.issues.push({ ...issue, input: undefined });
      return z.NEVER;
    },
    encode: ({ kind, use, ...options }) => {
      const definition = foreignDefinition(use);
      const written = z.encode(definition.schema, { ...options, kind: definition.kind });
      return { ...written, kind, use };
    },
  });
}

/** Makes what a checked choice says, by the definition of its kind in the list or by the third party's. */
export async function createFrom<Made>(
  list: readonly AnyDefinition<Role, Made>[],
  config: { readonly kind: string; readonly use?: unknown },
): Promise<Made> {
  if (config.kind === "use") {
    const { use, ...options } = config;
    const definition = foreignDefinition(String(use));
    // What it makes was checked against its role when the module was loaded.
    return await definition.create({ ...options, kind: definition.kind } as never) as Made;
  }
  const definition = list.find((d) => d.kind === config.kind);
  if (definition === undefined) throw new TypeError(`Cannot create "${config.kind}": it is not in the list`);
  // The schema of that kind has read the options.
  return await definition.create(config as never);
}
