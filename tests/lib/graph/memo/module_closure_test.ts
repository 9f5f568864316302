// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assertEquals, assertNotEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { moduleClosure } from "../../../../lib/graph/memo/module_closure.ts";
import { type TempDir, tempDir } from "../journal/helpers.ts";

function write(dir: TempDir, files: Readonly<Record<string, string>>): URL {
  Deno.mkdirSync(dir.path("src/lib"), { recursive: true });
  for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(dir.path("src", name), text);
  return pathToFileURL(dir.path("src/main.ts"));
}

const TREE = {
  "main.ts": 'import { a } from "./lib/a.ts"; import { z } from "npm:zod@4"; import "node:fs"; export { a };',
  "lib/a.ts": 'export { b } from "./b.ts"; export const a = await import("../data.json", { with: { type: "json" } });',
  "lib/b.ts": 'import "../main.ts"; export const b = 1;',
  "data.json": '{ "import": 1 }',
  "other.ts": "export {};",
};

Deno.test("moduleClosure() holds all that is imported by path, and the names of the rest", async () => {
  using dir = tempDir();
  const closure = await moduleClosure(write(dir, TREE));
  assertEquals(closure.files, ["data.json", "lib/a.ts", "lib/b.ts", "main.ts"]);
  assertEquals(closure.packages, ["node:fs", "npm:zod@4"]);
});

Deno.test("moduleClosure() changes with every file in it and with no other", async () => {
  using dir = tempDir();
  const url = write(dir, TREE);
  const { hash } = await moduleClosure(url);
  for (const name of ["main.ts", "lib/a.ts", "lib/b.ts", "data.json"]) {
    Deno.writeTextFileSync(dir.path("src", name), `${TREE[name as keyof typeof TREE]}\n`);
    assertNotEquals((await moduleClosure(url)).hash, hash, name);
    write(dir, TREE);
  }
  write(dir, { "other.ts": "export const x = 2;" });
  assertEquals((await moduleClosure(url)).hash, hash);
  write(dir, { "main.ts": TREE["main.ts"].replace("zod@4", "zod@5") });
  assertNotEquals((await moduleClosure(url)).hash, hash);
});

Deno.test("moduleClosure() is the same wherever the tree lies", async () => {
  using here = tempDir();
  using there = tempDir();
  assertEquals((await moduleClosure(write(here, TREE))).hash, (await moduleClosure(write(there, TREE))).hash);
});

Deno.test("moduleClosure() knows a file that is missing from one that is there", async () => {
  using dir = tempDir();
  const url = write(dir, { "main.ts": 'import "./late.ts";' });
  const before = await moduleClosure(url);
  assertEquals(before.files, ["late.ts", "main.ts"]);
  write(dir, { "late.ts": "" });
  assertNotEquals((await moduleClosure(url)).hash, before.hash);
});

Deno.test("moduleClosure() takes a module that is no file by its name", async () => {
  const closure = await moduleClosure("npm:zod@4");
  assertEquals([closure.files, closure.packages], [[], ["npm:zod@4"]]);
  assertNotEquals(closure.hash, (await moduleClosure("npm:zod@5")).hash);
});

Deno.test("moduleClosure() takes one file under two queries once", async () => {
  using dir = tempDir();
  const url = write(dir, { "main.ts": 'import "./other.ts?a"; import "./other.ts?b";', "other.ts": "" });
  assertEquals((await moduleClosure(url)).files, ["main.ts", "other.ts"]);
});
