import { assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { type KeyParts, memoKey, secretPart, shownPart, textPart } from "../../../../lib/graph/memo/key.ts";

const text = fc.string({ unit: "binary", maxLength: 6 });
const parts: fc.Arbitrary<KeyParts> = fc.record({
  kind: fc.constantFrom("function", "module", "bash", "join"),
  code: text,
  args: text,
  inputs: fc.uniqueArray(fc.record({ path: text, hash: text }), { selector: (x) => x.path, maxLength: 3 }),
  outputs: fc.uniqueArray(text, { maxLength: 3 }),
  options: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
});

/** The parts in one order, to be compared by value. */
function ordered(p: KeyParts): unknown {
  return [
    p.kind,
    p.code,
    p.args,
    p.inputs.map((x) => JSON.stringify([x.path, x.hash])).sort(),
    [...p.outputs].sort(),
    Object.entries(p.options).map((x) => JSON.stringify(x)).sort(),
  ];
}

function shuffled(p: KeyParts): KeyParts {
  return {
    options: Object.fromEntries(Object.entries(p.options).reverse()),
    outputs: [...p.outputs].reverse(),
    inputs: p.inputs.map(({ path, hash }) => ({ hash, path })).reverse(),
    args: p.args,
    code: p.code,
    kind: p.kind,
  };
}

Deno.test("memoKey() is equal exactly when the parts are", () => {
  // Half of the pairs are made to be near each other, or two unequal ones would be all that is ever seen.
  const near = fc.tuple(parts, parts, fc.subarray(["kind", "code", "args", "inputs", "outputs", "options"] as const))
    .map(
      ([a, b, keys]) => [a, { ...shuffled(a), ...Object.fromEntries(keys.map((key) => [key, b[key]])) }] as const,
    );
  fc.assert(
    fc.property(fc.oneof(fc.tuple(parts, parts), near), ([a, b]) => {
      assertEquals(memoKey(a) === memoKey(b), JSON.stringify(ordered(a)) === JSON.stringify(ordered(b)));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("memoKey() takes no notice of the order of options, inputs and outputs", () => {
  fc.assert(fc.property(parts, (a) => assertEquals(memoKey(shuffled(a)), memoKey(a))));
});

Deno.test("memoKey() changes with every single part", () => {
  const change = fc.constantFrom<(p: KeyParts) => KeyParts>(
    (p) => ({ ...p, kind: p.kind === "bash" ? "join" : "bash" }),
    (p) => ({ ...p, code: p.code + "x" }),
    (p) => ({ ...p, args: p.args + "x" }),
    (p) => ({ ...p, inputs: [...p.inputs, { path: "a path no other has", hash: "" }] }),
    (p) => ({ ...p, inputs: p.inputs.map((x, i) => i === 0 ? { ...x, hash: x.hash + "x" } : x), code: p.code + "y" }),
    (p) => ({ ...p, outputs: [...p.outputs, "a path no other has"] }),
    (p) => ({ ...p, options: { ...p.options, "an option no other has": "" } }),
  );
  fc.assert(fc.property(parts, change, (p, f) => assertNotEquals(memoKey(f(p)), memoKey(p))));
});

Deno.test("memoKey() does not let text slip from one part into the next", () => {
  const base: KeyParts = { kind: "bash", code: "ab", args: "c", inputs: [], outputs: ["x"], options: {} };
  assertNotEquals(memoKey({ ...base, code: "a", args: "bc" }), memoKey(base));
  assertNotEquals(memoKey({ ...base, outputs: ['x","y'] }), memoKey({ ...base, outputs: ["x", "y"] }));
  assertNotEquals(memoKey({ ...base, outputs: [], options: { x: "" } }), memoKey(base));
});

Deno.test("memoKey() is the same in every version of this format", () => {
  const key = memoKey({
    kind: "bash",
    code: "wc -l < a.csv",
    args: "[]",
    inputs: [{ path: "b", hash: "2" }, { path: "a.csv", hash: "1" }],
    outputs: ["o"],
    options: { strict: "true", cwd: "/w" },
  });
  assertEquals(key, "a2308070d6fd818f52bab6cdb745a003ebff3eca2fa8033938555547cabc963c");
});

Deno.test("textPart() keeps a short text and shortens a long one", () => {
  assertEquals(textPart("[1,2]"), "[1,2]");
  const long = "x".repeat(1_000_000);
  assertLess(textPart(long).length, 1000);
  assertEquals(shownPart(textPart(long)), { text: "x".repeat(512), whole: false });
  assertEquals(shownPart("[1,2]"), { text: "[1,2]", whole: true });
});

Deno.test("textPart() makes different parts of different texts", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "binary" }).map((s) => s.padEnd(3000, s + "-")),
    fc.string().map((s) => `#sha256 ${s}`),
    fc.constantFrom("\ud800", "\ud801", "�").map((s) => s.repeat(3000)),
  );
  fc.assert(fc.property(nasty, nasty, (a, b) => assertEquals(textPart(a) === textPart(b), a === b)));
  assertNotEquals(textPart("\ud800".repeat(3000)), textPart("\ud801".repeat(3000)));
  assertNotEquals(textPart(textPart("y".repeat(3000))), textPart("y".repeat(3000)));
});

Deno.test("secretPart() keeps nothing that could be read back", () => {
  assertMatch(secretPart("hunter2"), /^#sha256 [0-9a-f]{64}$/);
  assertEquals(shownPart(secretPart("hunter2")), { text: "", whole: false });
  assertNotEquals(secretPart("hunter2"), secretPart("hunter3"));
});
