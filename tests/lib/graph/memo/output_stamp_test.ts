// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { utimesSync } from "node:fs";
import { FileHasher } from "../../../../lib/graph/memo/file_hash.ts";
import { outputsChanged, type OutputStamp, stampOutputs } from "../../../../lib/graph/memo/output_stamp.ts";
import { tempDir } from "../journal/helpers.ts";

async function stamps(paths: readonly string[], limit?: number): Promise<readonly OutputStamp[]> {
  const stamped = await stampOutputs(paths, new FileHasher(), limit);
  assert(stamped.kind === "stamped", JSON.stringify(stamped));
  // As they come back from the journal.
  return JSON.parse(JSON.stringify(stamped.stamps));
}

function changed(of: readonly OutputStamp[]): Promise<string | undefined> {
  return outputsChanged(of, new FileHasher());
}

Deno.test("outputsChanged() is content when every output is there and the same", async () => {
  using dir = tempDir();
  Deno.writeTextFileSync(dir.path("a"), "one");
  Deno.mkdirSync(dir.path("tree"));
  Deno.writeTextFileSync(dir.path("tree/b"), "two");
  const of = await stamps([dir.path("a"), dir.path("tree")]);
  assertEquals(await changed(of), undefined);
  assertEquals(await changed([]), undefined);
});

Deno.test("outputsChanged() is content with a file that was touched or copied but holds the same", async () => {
  using dir = tempDir();
  const path = dir.path("a");
  Deno.writeTextFileSync(path, "one");
  const of = await stamps([path]);
  utimesSync(path, 1, 1);
  assertEquals(await changed(of), undefined);
  Deno.copyFileSync(path, dir.path("copy"));
  Deno.renameSync(dir.path("copy"), path);
  assertEquals(await changed(of), undefined);
});

Deno.test("outputsChanged() says which output is missing, changed or of another type", async () => {
  using dir = tempDir();
  const path = dir.path("a");
  Deno.writeTextFileSync(path, "one");
  const of = await stamps([path]);
  Deno.writeTextFileSync(path, "longer");
  assertMatch(await changed(of) ?? "", /output .*a changed: it had 3 bytes and has 6/);
  Deno.writeTextFileSync(path, "two");
  utimesSync(path, 1, 1);
  assertMatch(await changed(of) ?? "", /output .*a changed its content/);
  Deno.removeSync(path);
  assertMatch(await changed(of) ?? "", /output .*a is missing/);
  Deno.mkdirSync(path);
  assertMatch(await changed(of) ?? "", /output .*a is no longer a file/);
});

Deno.test("outputsChanged() sees a change below a directory", async () => {
  using dir = tempDir();
  Deno.mkdirSync(dir.path("tree"));
  Deno.writeTextFileSync(dir.path("tree/b"), "two");
  const of = await stamps([dir.path("tree")]);
  Deno.writeTextFileSync(dir.path("tree/b"), "three");
  assertMatch(await changed(of) ?? "", /tree changed its content/);
});

Deno.test("outputsChanged() goes by size and time for a file too big to be hashed", async () => {
  using dir = tempDir();
  const path = dir.path("big");
  Deno.writeTextFileSync(path, "0123456789");
  const of = await stamps([path], 5);
  assertEquals(of[0]?.hash, undefined);
  assertEquals(await changed(of), undefined);
  utimesSync(path, 1, 1);
  assertMatch(await changed(of) ?? "", /big was written again/);
});

Deno.test("stampOutputs() refuses outputs that are missing or cannot be read", async () => {
  using dir = tempDir();
  const missing = await stampOutputs([dir.path("none")], new FileHasher());
  assert(missing.kind === "unusable");
  assertMatch(missing.why, /output .*none is missing/);
  assertEquals((await stampOutputs(["/dev/null"], new FileHasher())).kind, "unusable");
});
