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

/** What a schema found wrong, in one line: `0.name: expected string`. */
export function issuesText(issues: readonly SchemaIssue[]): string {
  return issues.map((i) => i.path.length === 0 ? i.message : `${i.path.map(String).join(".")}: ${i.message}`).join(
    "; ",
  );
}
