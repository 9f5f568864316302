import { assert, assertEquals } from "@std/assert";
import { tailOf, tailOfFile } from "../../../lib/command/tail.ts";

Deno.test("tailOf() gives the last 20 lines", () => {
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`);
  assertEquals(tailOf(lines.join("\n") + "\n"), lines.slice(-20).join("\n") + "\n");
  assertEquals(tailOf(lines.join("\n")), lines.slice(-20).join("\n"));
  assertEquals(tailOf("one"), "one");
  assertEquals(tailOf(""), "");
});

Deno.test("tailOf() gives the end of a line without end", () => {
  assertEquals(tailOf("x".repeat(1e6)).length, 8192);
});

Deno.test("tailOfFile() reads the end alone, and is empty for what it cannot read", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "a\n".repeat(1e6) + "last\n");
    assertEquals(tailOfFile(path), "a\n".repeat(19) + "last\n");
    await Deno.writeTextFile(path, "short\n");
    assertEquals(tailOfFile(path), "short\n");
    assertEquals(tailOfFile(`${path}/none`), "");
    assert(tailOfFile("/").length === 0);
  } finally {
    await Deno.remove(path);
  }
});
