import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { APPLICATION_ID, FORMAT_VERSION, SCHEMA } from "../../../../lib/graph/journal/schema.ts";
import { rowSum } from "../../../../lib/graph/journal/record.ts";
import { recordOf } from "./helpers.ts";

/** Hash of the tables and of a record, for each version of the format there has been. */
const KNOWN: Readonly<Record<number, string>> = {
  1: "edaf7b2beb4325e7d2d87f6513b510db217caf383103a12d5d52c2c99162d84f",
};

Deno.test("SCHEMA does not change without FORMAT_VERSION", () => {
  const { key, app, parts } = recordOf(1);
  const sum = rowSum(key, app, JSON.stringify(parts), "[]", new Uint8Array([1, 2, 3]));
  const hash = createHash("sha256").update(JSON.stringify([APPLICATION_ID, SCHEMA, key, parts, sum])).digest("hex");
  assertEquals(hash, KNOWN[FORMAT_VERSION], "the format changed: raise FORMAT_VERSION and add its hash here");
});
