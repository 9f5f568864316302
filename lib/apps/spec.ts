import { ConfigError } from "../errors/mod.ts";
import type { Code } from "../executor.ts";
import type { TaskOptions } from "./options.ts";
import type { Sh } from "./sh.ts";

/** A schema of zod, or of any library with the same `safeParse`. */
export interface Schema<T> {
  /** Checks a value: the parsed value, or what is wrong with it. */
  safeParse(value: unknown): { readonly success: true; readonly data: T } | {
    readonly success: false;
    readonly error: { readonly issues: readonly SchemaIssue[] };
  };
}

/** One thing that a schema found wrong. */
export interface SchemaIssue {
  /** Keys from the root to the value. */
  readonly path: readonly PropertyKey[];
  /** What is wrong with it. */
  readonly message: string;
}

/** What the result of a bash app is made of. */
export type Parse =
  | { readonly kind: "result" }
  | { readonly kind: "text" }
  | { readonly kind: "lines" }
  | { readonly kind: "json"; readonly schema: Schema<unknown> | undefined };

/** What a task of an app does. */
export type Work =
  | {
    readonly kind: "code";
    readonly code: Code;
    readonly args: Schema<readonly unknown[]> | undefined;
    readonly returns: Schema<unknown> | undefined;
  }
  | { readonly kind: "bash"; readonly body: Sh | ((...args: never[]) => Sh); readonly parse: Parse }
  | { readonly kind: "join"; readonly body: (...args: never[]) => unknown }
  | { readonly kind: "derive"; readonly derive: () => unknown };

/** Everything a task needs to know of its app; shared by all its tasks. */
export interface AppSpec {
  /** Name of the app, as it is shown. */
  readonly name: string;
  /** What its tasks do. */
  readonly work: Work;
  /** How they do it. */
  readonly options: TaskOptions;
}

/** What became of a value that a schema looked at. */
export type Checked<T> =
  | { readonly kind: "fits"; readonly value: T }
  | { readonly kind: "refused"; readonly why: string };

/** What a schema makes of a value. One that throws refuses it: a schema is the script's own code, and may do anything. */
export function checkBy<T>(schema: Schema<T>, value: unknown): Checked<T> {
  try {
    const result = schema.safeParse(value);
    if (result.success) return { kind: "fits", value: result.data };
    return { kind: "refused", why: issuesText(result.error.issues) };
  } catch (error) {
    return { kind: "refused", why: `the schema threw: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What a schema found wrong, in one line: `0.name: expected string`. */
function issuesText(issues: readonly SchemaIssue[]): string {
  return issues.map((i) => i.path.length === 0 ? i.message : `${i.path.map(String).join(".")}: ${i.message}`).join(
    "; ",
  );
}

/** Refuses what is no schema, when the app is made: types are not looked at in every script. */
export function expectSchema(schema: unknown, what: string, app: string): void {
  if (typeof schema === "object" && schema !== null && "safeParse" in schema) {
    if (typeof schema.safeParse === "function") return;
  }
  throw new ConfigError(
    `Cannot check ${what} of app "${app}": what is given for it is no schema but ${Deno.inspect(schema, { depth: 1 })}`,
    { path: [what], got: schema },
    { hint: "give a schema of zod, such as z.tuple([z.number()]), or anything that has its safeParse" },
  );
}
