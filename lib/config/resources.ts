import type * as z from "../deps/zod.ts";
import { InvalidResourceSpecificationError } from "../errors/mod.ts";
import { suggestion } from "../text.ts";
import { describeIssue } from "./issues.ts";
import { showValue } from "./units.ts";

/** What a task asks of its executor. */
export type Resources = Readonly<Record<string, unknown>>;

/** Throws for a key that an executor does not know; no more is needed where there is nothing to ask for. */
export function checkResourceKeys(label: string, resources: Resources, legal: readonly string[]): void {
  const key = Object.keys(resources).find((key) => !legal.includes(key));
  if (key === undefined) return;
  const knows = legal.length === 0 ? "it takes no resources" : `it takes ${legal.join(", ")}`;
  const hint = legal.length === 0 ? "leave resources out, or choose another executor" : suggestion(key, legal);
  throw new InvalidResourceSpecificationError(
    `Cannot ask executor "${label}" for "${key}": ${knows}`,
    key,
    legal,
    hint,
  );
}

/** Reads what a task asks for by the strict schema of its executor; the first thing that is wrong is an error. */
export function readResources<S extends z.ZodObject>(schema: S, label: string, resources: Resources): z.output<S> {
  const legal = Object.keys(schema.shape);
  checkResourceKeys(label, resources, legal);
  const result = schema.safeParse(resources, { error: describeIssue });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = issue?.path[0] === undefined ? undefined : String(issue.path[0]);
  const value = key === undefined ? resources : resources[key];
  const what = value === undefined ? `"${key}" is missing; ` : "";
  throw new InvalidResourceSpecificationError(
    `Cannot use ${showValue(value)} as ${key ?? "resources"} for executor "${label}": ${what}${issue?.message}`,
    key,
    legal,
  );
}
