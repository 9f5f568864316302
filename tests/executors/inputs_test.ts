import { assertEquals } from "@std/assert";
import type { ConfigInput, ExecutorInput } from "../../executors/inputs.ts";
import type { executorChoice, rootSchema } from "../../executors/mod.ts";
import type { threadsDefinition } from "../../executors/threads/definition.ts";
import type { ThreadsInput } from "../../executors/threads/factory.ts";
import type { RetryBackoffInput } from "../../lib/config/input.ts";
import type * as z from "../../lib/deps/zod.ts";

/** True when each of two types fits where the other is wanted, and both have the same keys. */
type Same<A, B> = [A, B, keyof A, keyof B] extends [B, A, keyof B, keyof A] ? true : false;

/** Whether keys that may be left out differ is only seen in `keyof`. */
type Root = z.input<typeof rootSchema>;

Deno.test("the types that a script sees are those of the schemas", () => {
  const same: readonly true[] = [
    true satisfies Same<Root, ConfigInput>,
    true satisfies Same<NonNullable<Root["retryBackoff"]>, RetryBackoffInput>,
    true satisfies Same<z.input<typeof executorChoice>, ExecutorInput>,
    true satisfies Same<z.input<typeof executorChoice>["kind"], ExecutorInput["kind"]>,
    true satisfies Same<z.input<typeof threadsDefinition.schema>, ThreadsInput>,
  ];
  // @ts-expect-error a key more is seen
  const more: Same<ThreadsInput, ThreadsInput & { more?: 1 }> = true;
  assertEquals(same.length + Number(more), 6);
});
