import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FILE, FUTURE } from "../../../../lib/brand.ts";
import { SerializationError } from "../../../../lib/errors/mod.ts";
import { canonical } from "../../../../lib/apps/ship/stable_bytes.ts";
import { alike } from "./_alike.ts";
import { sendables } from "./_values.ts";

const long = "x".repeat(10_000);
const many = Array.from({ length: 1000 }, (_, i) => ({ i }));

/** Values that all differ from each other. */
const DISTINCT: readonly unknown[] = [
  1,
  "1",
  1n,
  true,
  "true",
  null,
  "null",
  undefined,
  "undefined",
  0,
  -0,
  NaN,
  "NaN",
  Infinity,
  -Infinity,
  "",
  [],
  {},
  [undefined],
  [,],
  [, undefined],
  [undefined, ,],
  [null],
  new Array(2),
  [[]],
  [[], []],
  ["a,b"],
  ["a", "b"],
  { a: 1 },
  { a: 1, b: 2 },
  { a: undefined },
  { a: { b: 1 } },
  { "a:1": 1 },
  ['","'],
  { 0: 1 },
  [1],
  Object.assign([1], { k: 1 }),
  new Map(),
  new Set(),
  new Map([["a", 1]]),
  new Map([["a", 1], ["b", 1]]),
  new Map([[1, "a"]]),
  new Set(["a"]),
  new Set([["a", 1]]),
  [["a", 1]],
  new Map([[{}, 1]]),
  new Map([[{}, 1], [{}, 1]]),
  new Set([{}]),
  new Set([{}, {}]),
  new Date(0),
  new Date(1),
  new Date(NaN),
  "Date(0)",
  /a/,
  /a/g,
  /b/,
  "/a/",
  new Error("a"),
  new Error("b"),
  new TypeError("a"),
  new Error("a", { cause: undefined }),
  new Error("a", { cause: 1 }),
  Object(1),
  Object("1"),
  Object(1n),
  Object(true),
  new Uint8Array(2),
  new Uint8Array(3),
  new Int8Array(2),
  new Uint8ClampedArray(2),
  new Uint16Array(1),
  new Float32Array(1),
  new Float64Array(1),
  new Float16Array(1),
  new BigInt64Array(1),
  new ArrayBuffer(2),
  new SharedArrayBuffer(2),
  new DataView(new ArrayBuffer(2)),
  new Uint8Array(1000),
  new Uint8Array(1001),
  long,
  long + "x",
  [long],
  { long },
  many,
  [...many, 1],
  new Set(many),
  new Set([...many].slice(1)),
  "\ud800",
  "\udc00",
  "\ufffd",
  "é",
  "e\u0301",
  JSON.parse('{"__proto__": 1}'),
  { kind: "file", url: "file:///a" },
  file("file:///a"),
  file("file:///b"),
];

function file(url: string): unknown {
  return { [FILE]: "input", url, path: "/nowhere" };
}

Deno.test("canonical() tells values apart that differ in anything a function could see", () => {
  const texts = DISTINCT.map(canonical);
  for (const [i, text] of texts.entries()) {
    assertEquals(
      texts.indexOf(text),
      i,
      `${Deno.inspect(DISTINCT[i])} and ${Deno.inspect(DISTINCT[texts.indexOf(text)])}`,
    );
  }
});

Deno.test("canonical() is the same exactly for values that are alike", () => {
  let equal = 0;
  fc.assert(
    fc.property(sendables(), sendables(), (a, b) => {
      const same = alike(a, b);
      if (same) equal++;
      assertEquals(canonical(a) === canonical(b), same);
    }),
    { numRuns: 3000 },
  );
  assert(equal > 5, `${equal} equal pairs`);
});

Deno.test("canonical() survives a structured clone, and another order of keys, entries and members", () => {
  fc.assert(
    fc.property(sendables(), (value) => {
      const text = canonical(value);
      assertEquals(canonical(structuredClone(value)), text);
      assertEquals(canonical(reversed(value)), text);
    }),
    { numRuns: 500 },
  );
});

/** The same value with everything that has no order put together the other way round. */
function reversed(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].reverse().map(([k, v]) => [reversed(k), reversed(v)]));
  if (value instanceof Set) return new Set([...value].reverse().map(reversed));
  if (value instanceof Error) {
    return Object.hasOwn(value, "cause") ? new RangeError(value.message, { cause: reversed(value.cause) }) : value;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const out = {};
  for (const [k, v] of Object.entries(value).reverse()) {
    Object.defineProperty(out, k, { value: reversed(v), writable: true, enumerable: true, configurable: true });
  }
  return out;
}

Deno.test("canonical() of small values can be read", () => {
  assertEquals(canonical({ b: [1, "x", 2n], a: new Map([["k", -0]]) }), '{"a":Map{"k"=>-0},"b":[1,"x",2n]}');
  assertEquals(canonical([1, , 3]), '[3;"0":1,"2":3]');
});

Deno.test("canonical() is short for long values, and does not care what is shared", () => {
  assert(canonical(many).length < 100 && canonical(long).length < 100);
  let shared: unknown = [1];
  for (let i = 0; i < 60; i++) shared = [shared, shared];
  assert(canonical(shared).length < 1000);
  const part = { a: [1] };
  assertEquals(canonical([part, part]), canonical([{ a: [1] }, { a: [1] }]));
});

/** Cycles of the length given, with a mark at each place. */
function ring(marks: readonly unknown[]): Record<string, unknown> {
  const nodes = marks.map((mark): Record<string, unknown> => ({ mark }));
  nodes.forEach((node, i) => node["next"] = nodes[(i + 1) % nodes.length]);
  return nodes[0] ?? {};
}

Deno.test("canonical() of cycles does not depend on how often they are unrolled", () => {
  assertEquals(canonical(ring([1])), canonical(ring([1, 1, 1])));
  assertEquals(canonical(ring([1, 2])), canonical(ring([1, 2, 1, 2])));
  assertNotEquals(canonical(ring([1, 2])), canonical(ring([2, 1])));
  assertNotEquals(canonical(ring([1, 2])), canonical(ring([1, 2, 2])));
  assertNotEquals(canonical(ring([1])), canonical({ mark: 1, next: {} }));
  assertNotEquals(canonical(ring([1])), canonical([ring([1])]));
});

Deno.test("canonical() of graphs with cycles is the same exactly for graphs that unfold alike", () => {
  const shape = fc.array(fc.tuple(fc.nat(1), fc.array(fc.nat(4), { maxLength: 3 }), fc.constantFrom("list", "set")), {
    minLength: 1,
    maxLength: 5,
  });
  let equal = 0;
  fc.assert(
    fc.property(shape, shape, (one, two) => {
      // A Set drops a member that stands twice, so each set is of distinct objects.
      const a = graph(one);
      const b = graph(two);
      const same = unfoldsAlike(a, b);
      if (same) equal++;
      assertEquals(canonical(a) === canonical(b), same);
      assertEquals(canonical(structuredClone(a)), canonical(a));
      assertEquals(canonical(graph(one, true)), canonical(a));
    }),
    { numRuns: 3000 },
  );
  assert(equal > 20, `${equal} equal pairs`);
});

type Shape = readonly (readonly [mark: number, to: readonly number[], how: string])[];
interface GraphNode {
  readonly mark: number;
  to: Iterable<GraphNode>;
}

function graph(shape: Shape, backwards = false): GraphNode {
  const nodes = shape.map(([mark]): GraphNode => ({ mark, to: [] }));
  shape.forEach(([, to, how], i) => {
    const targets = to.map((t) => nodes[t % nodes.length]).filter((n) => n !== undefined);
    const node = nodes[i];
    if (node === undefined) return;
    node.to = how === "list" ? targets : new Set(backwards ? targets.toReversed() : targets);
  });
  return nodes[0] ?? { mark: 0, to: [] };
}

/** Compares the trees that two graphs unfold to, down to where no difference can be new. */
function unfoldsAlike(a: GraphNode, b: GraphNode): boolean {
  return tree(a, 11) === tree(b, 11);
}

const trees = new WeakMap<GraphNode, Map<number, string>>();
const numbers = new Map<string, number>();

/** A number for the tree below a node, the same for the same tree. */
function tree(node: GraphNode, depth: number): string {
  const known = trees.get(node) ?? new Map<number, string>();
  trees.set(node, known);
  const text = known.get(depth);
  if (text !== undefined) return text;
  const below = depth === 0 ? [] : [...node.to].map((n) => tree(n, depth - 1));
  const isSet = node.to instanceof Set;
  const made = `${node.mark}${depth === 0 ? "" : isSet ? `s${below.sort()}` : `l${below}`}`;
  const number = numbers.get(made) ?? numbers.size;
  numbers.set(made, number);
  known.set(depth, `#${number}`);
  return `#${number}`;
}

Deno.test("canonical() of a dense graph of 200 nodes takes no long time", () => {
  const nodes = Array.from({ length: 200 }, (_, i): Record<string, unknown> => ({ i }));
  nodes.forEach((node, i) => node["to"] = nodes.filter((_, j) => (i * 7 + j) % 5 === 0));
  const start = performance.now();
  assert(canonical(nodes[0]).startsWith("#"));
  assert(performance.now() - start < 2000);
});

Deno.test("canonical() refuses what could not be an argument, with its place", () => {
  for (const part of [() => 1, Symbol("x"), new (class Model {})(), { [FUTURE]: true, id: 1 }, { [Symbol("x")]: 1 }]) {
    const error = assertThrows(
      () => canonical({ a: [part] }),
      SerializationError,
      "Cannot make a cache key: value.a[0] ",
    );
    assertEquals(error.path, "value.a[0]");
  }
  const cyclic: Record<string, unknown> = { bad: Symbol("x") };
  cyclic["self"] = cyclic;
  assertThrows(() => canonical(cyclic), SerializationError, "value.bad is a symbol");
});
