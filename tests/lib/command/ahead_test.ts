import { assert, assertEquals } from "@std/assert";
import { Ahead } from "../../../lib/command/ahead.ts";

Deno.test("Ahead.value grows with the rate of short scripts, up to a bound", () => {
  const ahead = new Ahead();
  assertEquals(ahead.value, 2);
  ahead.ended(4, 1000);
  ahead.ended(4, 1002);
  assertEquals(ahead.value, 14);
  ahead.ended(1000, 1003);
  assertEquals(ahead.value, 32);
});

Deno.test("Ahead.value falls back to little when scripts are long", () => {
  const ahead = new Ahead();
  ahead.ended(1000, 1);
  for (let i = 1; i <= 100; i++) ahead.ended(1, i * 1000);
  assert(ahead.value <= 3, `${ahead.value}`);
});
