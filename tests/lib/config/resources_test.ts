import { assertEquals, assertThrows } from "@std/assert";
import { checkResourceKeys, readResources } from "../../../lib/config/resources.ts";
import * as z from "../../../lib/deps/zod.ts";
import { InvalidResourceSpecificationError } from "../../../lib/errors/mod.ts";

const SCHEMA = z.strictObject({ numTasks: z.int().min(1), gpusPerTask: z.int().min(0).optional() });

Deno.test("readResources() refuses an unknown key with the legal ones and the nearest", () => {
  const error = assertThrows(
    () => readResources(SCHEMA, "flux", { num_tasks: 3 }),
    InvalidResourceSpecificationError,
  );
  assertEquals(
    error.message,
    'Cannot ask executor "flux" for "num_tasks": it takes numTasks, gpusPerTask\nhint: did you mean "numTasks"?',
  );
  assertEquals([error.key, error.legal], ["num_tasks", ["numTasks", "gpusPerTask"]]);
});

Deno.test("readResources() refuses a wrong and a missing value", () => {
  const wrong = assertThrows(
    () => readResources(SCHEMA, "flux", { numTasks: "3" }),
    InvalidResourceSpecificationError,
  );
  assertEquals(
    wrong.message,
    'Cannot use "3" as numTasks for executor "flux": expected a whole number, got text; leave out the quotes',
  );
  const missing = assertThrows(() => readResources(SCHEMA, "flux", {}), InvalidResourceSpecificationError);
  assertEquals(
    missing.message,
    'Cannot use undefined as numTasks for executor "flux": "numTasks" is missing; expected a whole number',
  );
  assertEquals(readResources(SCHEMA, "flux", { numTasks: 2 }), { numTasks: 2 });
});

Deno.test("checkResourceKeys() says so when there is nothing to ask for", () => {
  const error = assertThrows(() => checkResourceKeys("local", { cores: 2 }, []), InvalidResourceSpecificationError);
  assertEquals(
    error.message,
    'Cannot ask executor "local" for "cores": it takes no resources\nhint: leave resources out, or choose another executor',
  );
});
