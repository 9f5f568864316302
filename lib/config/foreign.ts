import type * as z from "../deps/zod.ts";

/** What a definition can be used as. */
export type Role = "executor" | "provider" | "launcher";

/** Any definition of a role, whatever its options. */
export interface AnyDefinition<R extends Role = Role, Made = unknown> {
  /** What it can be used as. */
  readonly role: R;
  /** The word that chooses it. */
  readonly kind: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The options with their kind. */
  readonly schema: z.ZodObject;
  /** For executors: the resource keys a task may ask for. */
  readonly resources: z.ZodObject | undefined;
  /** Makes one; only options that the schema has read are safe to give. */
  create(config: never): Made | Promise<Made>;
}

/** Definitions of third parties by the address of their module: they stay loaded, as modules do. */
const loaded = new Map<string, AnyDefinition>();

/** Imports the module of a third party's definition, so that it can be read; says why when it cannot. */
export async function loadForeign(url: string, role: Role): Promise<string | undefined> {
  const wanted = role === "executor" ? "an executor" : `a ${role}`;
  let module: { readonly default?: unknown };
  try {
    module = await import(url);
  } catch (cause) {
    const missing = cause instanceof TypeError && cause.message.startsWith("Module not found");
    return missing ? "there is no such file" : `it cannot be imported: ${firstLine(cause)}`;
  }
  const definition = module.default;
  if (!isDefinition(definition)) return `it must default-export the definition of ${wanted}`;
  if (definition.role !== role) return `it defines another thing, of role "${definition.role}"; ${wanted} goes here`;
  loaded.set(url, definition);
  return undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}

function isDefinition(value: unknown): value is AnyDefinition {
  return typeof value === "object" && value !== null && "role" in value && "kind" in value && "schema" in value &&
    "create" in value && typeof value.create === "function";
}

/** A definition that was loaded from a module. */
export function foreignDefinition(url: string): AnyDefinition {
  const definition = loaded.get(url);
  if (definition === undefined) throw new TypeError(`Cannot use "${url}": it was not loaded`);
  return definition;
}
