import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { FILE, type FileOf, FUTURE, type FutureOf } from "../../../../lib/brand.ts";
import { SerializationError } from "../../../../lib/errors/mod.ts";
import { checkSendable, fillIn, prepareArguments, refusedByMessage } from "../../../../lib/apps/ship/sendable.ts";
import { alike } from "./_alike.ts";
import { TestWorker } from "./_in_worker.ts";
import { sendables } from "./_values.ts";

class TestFuture implements FutureOf<unknown> {
  readonly [FUTURE] = true;
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  then(): never {
    throw new Error("nobody may await it here");
  }
}

class TestFile implements FileOf {
  readonly [FILE] = "input";
  readonly url = "file:///data/a.txt";
  readonly path = "/data/a.txt";
}

function future(id = 1): FutureOf<unknown> {
  return new TestFuture(id);
}

function prepareOne(value: unknown): unknown {
  return prepareArguments([value], "fit").values[0];
}

function order(futures: readonly FutureOf<unknown>[] | undefined): number[] | undefined {
  return futures?.map((f) => f.id);
}

Deno.test("prepareArguments() gives what a real worker receives unchanged", async () => {
  using worker = new TestWorker();
  await fc.assert(
    fc.asyncProperty(sendables(), async (value) => {
      const prepared = prepareOne(value);
      assert(alike(value, prepared), "the copy differs");
      assert(alike(value, await worker.ask({ kind: "echo", value: prepared })), "the worker's value differs");
      checkSendable(value, 'return from "fit"');
    }),
    { numRuns: 300 },
  );
});

Deno.test("prepareArguments() copies containers, so that later changes do not matter", () => {
  const value = { list: [1, { deep: 1 }], map: new Map([["k", [1]]]), set: new Set([1]), when: new Date(1) };
  const copy = prepareOne(value) as typeof value;
  const before = structuredClone(value);
  value.list.push(2);
  (value.list[1] as { deep: number }).deep = 2;
  value.map.get("k")?.push(2);
  value.map.set("l", []);
  value.set.add(2);
  value.when.setTime(2);
  assertEquals(copy, before);
});

Deno.test("prepareArguments() shares bytes, keeps frozen objects' values and takes a Proxy of a plain object", () => {
  const bytes = new Float64Array(8);
  const shared = new SharedArrayBuffer(8);
  assertStrictEquals(prepareOne(bytes), bytes);
  assertStrictEquals(prepareOne(bytes.buffer), bytes.buffer);
  assertStrictEquals(prepareOne(shared), shared);
  assertEquals(prepareOne(Object.freeze({ a: Object.freeze([1]) })), { a: [1] });
  assertEquals(structuredClone(prepareOne(new Proxy({ a: new Proxy([1], {}) }, {}))), { a: [1] });
});

Deno.test("prepareArguments() says when shared memory is among the arguments", () => {
  assertEquals(prepareArguments([1, { x: new Int32Array(new SharedArrayBuffer(4)) }], "fit").shared, true);
  assertEquals(prepareArguments([1, { x: new Int32Array(4) }], "fit").shared, false);
});

Deno.test("prepareArguments() keeps cycles and what is shared, among arguments too", () => {
  const a: Record<string, unknown> = { list: [], map: new Map(), set: new Set() };
  const { list, map, set } = a as { list: unknown[]; map: Map<unknown, unknown>; set: Set<unknown> };
  a["self"] = a;
  list.push(a, list);
  map.set(map, a);
  set.add(set).add(a);
  const [x, y] = prepareArguments([a, list], "fit").values as [typeof a, unknown[]];
  assertStrictEquals(x["self"], x);
  assertStrictEquals(x["list"], y);
  assertStrictEquals(y[0], x);
  assertStrictEquals(y[1], y);
  assertStrictEquals((x["map"] as typeof map).get(x["map"]), x);
  assert((x["set"] as typeof set).has(x["set"]) && (x["set"] as typeof set).has(x));
  assertNotStrictEquals(x, a);
});

Deno.test("prepareArguments() keeps holes of arrays that are longer than anyone can count", () => {
  const sparse: number[] = [];
  sparse[4_000_000_000] = 1;
  const copy = prepareOne(sparse) as number[];
  assertEquals(copy.length, 4_000_000_001);
  assertEquals(Object.keys(copy), ["4000000000"]);
  checkSendable(sparse, 'return from "fit"');
  const [filled] = fillIn([Object.assign(copy, { 5: future() })], () => "v") as [unknown[]];
  assertEquals([filled.length, filled[5], 6 in filled], [4_000_000_001, "v", false]);
});

Deno.test("prepareArguments() keeps the names of a match, and a property that is called __proto__", () => {
  const match = /(?<y>\d+)/.exec("in 2024");
  const copy = prepareOne(match) as RegExpExecArray;
  assertEquals([copy[1], copy.index, copy.groups?.["y"]], ["2024", 3, "2024"]);
  const evil = prepareOne(JSON.parse('{"__proto__": {"polluted": [1]}}')) as object;
  assert(Object.hasOwn(evil, "__proto__"));
  assertEquals(Reflect.get({}, "polluted"), undefined);
  assertEquals(Object.getPrototypeOf(evil), Object.prototype);
});

Deno.test("prepareArguments() reads a getter once", () => {
  let reads = 0;
  const copy = prepareOne({
    get x(): number {
      return ++reads;
    },
  });
  assertEquals([copy, copy, reads], [{ x: 1 }, { x: 1 }, 1]);
});

Deno.test("prepareArguments() finds futures and files wherever they stand, in order, as often as they stand there", () => {
  const [a, b, c, d, e, f] = [1, 2, 3, 4, 5, 6].map((id) => future(id));
  const file = new TestFile();
  const found = prepareArguments([a, [b, { x: c }], new Map([[d, e]]), new Set([f]), a, { file }, "text"], "fit");
  assertEquals(order(found.futures), [1, 2, 3, 4, 5, 6, 1]);
  assertEquals(found.files, [file]);
  assertStrictEquals(found.values[0], a);
});

Deno.test("prepareArguments() finds no futures where there are none", () => {
  const found = prepareArguments([1, "a", null, undefined, { a: [1] }], "fit");
  assertEquals([found.futures, found.files, found.values], [undefined, undefined, [1, "a", null, undefined, {
    a: [1],
  }]]);
});

class Model {
  readonly loss = 1;
}
class Fancy extends Array<number> {}
class Odd extends Error {}

const transferred = new ArrayBuffer(4);
const viewOfTransferred = new Uint8Array(transferred);
structuredClone(transferred, { transfer: [transferred] });

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

function used(): RegExp {
  const pattern = /a/g;
  pattern.test("a");
  return pattern;
}

function argumentsOf(..._: number[]): unknown {
  return arguments;
}

/** What cannot be sent, the words for it, and its place inside of `{ model: { part: … } }`. */
const REFUSED: readonly (readonly [words: string, value: unknown, path?: string])[] = [
  ["is a function", () => 1],
  ["is a function", Model],
  ["is a symbol", Symbol.for("x")],
  ["is a Promise", Promise.resolve()],
  ["is a URL, which would arrive empty", new URL("http://x/")],
  ["is a URLSearchParams", new URLSearchParams()],
  ["is a Headers", new Headers()],
  ["is a WeakMap", new WeakMap()],
  ["is a WeakSet", new WeakSet()],
  ["is a WeakRef", new WeakRef({})],
  ["is an iterator or generator", (function* (): Generator<never> {})()],
  ["is an iterator or generator", [].values()],
  ["is an iterator or generator", new Map().entries()],
  ["is an async iterator or generator", (async function* (): AsyncGenerator<never> {})()],
  ["is a stream", new ReadableStream()],
  ["is a stream", new WritableStream()],
  ["is a Blob", new Blob(["x"])],
  ["is a Blob", new File(["x"], "x")],
  ["is an AbortSignal", AbortSignal.abort()],
  ["is an instance of Model", new Model()],
  ["is an instance of Fancy, and would arrive as a plain Array", new Fancy()],
  ["is an instance of Moment, and would arrive as a plain Date", new (class Moment extends Date {})()],
  ["is a Buffer", Buffer.from("x")],
  ["is an Odd, which would arrive as a plain Error", new Odd("x")],
  ["is an AggregateError, which would arrive without what it holds", new AggregateError([])],
  ["is a DOMException", new DOMException("x", "AbortError")],
  ["is an Error with properties of its own", Object.assign(new Error("x"), { code: "ENOENT" })],
  ["is an instance of Instant", Temporal.Now.instant()],
  ["is an instance of NumberFormat", new Intl.NumberFormat()],
  ["is an instance of Module", new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))],
  ["is not a real Map", Object.create(Map.prototype)],
  ["is not a real Map", new Proxy(new Map(), {})],
  ["is not a real Error", Object.create(Error.prototype)],
  ["is not a real Date", new Proxy(new Date(), {})],
  ["is memory that was transferred away", transferred],
  ["is memory that was transferred away", viewOfTransferred],
  ["is an arguments object", argumentsOf(1)],
  ["is a module", await import("./_tasks.ts")],
  ["has a property named by Symbol(x)", { [Symbol("x")]: 1 }],
  ["has a property that is not enumerable (hidden)", Object.defineProperty({}, "hidden", { value: 1 })],
  ["has a property named by Symbol(Symbol.toStringTag)", Math],
  ["has properties of its own", Object.assign(new Map(), { extra: 1 })],
  ["has properties of its own", Object.assign(new Set(), { extra: 1 })],
  ["has properties of its own", Object.assign(new Date(), { extra: 1 })],
  ["has properties of its own", Object.assign(/x/, { extra: 1 })],
  ["is a RegExp whose lastIndex would be lost", used()],
  ["is nested deeper than 1,000 levels", deep(1000), `.model.part${"[0]".repeat(998)}`],
  ["is a function", [1, () => 1], ".model.part[1]"],
  ["is a function", [, () => 1], ".model.part[1]"],
  ["is a function", Object.assign([1], { name: () => 1 }), ".model.part.name"],
  ["is a function", new Map([["k", () => 1]]), '.model.part.get("k")'],
  ["is a function", new Map([[() => 1, 1]]), ".model.part.keys()[0]"],
  ["is a function", new Map<unknown, unknown>([[1, 1], [{}, () => 1]]), ".model.part.values()[1]"],
  ["is a function", new Set([1, () => 1]), ".model.part.values()[1]"],
  ["is a function", { "a b": { $c: () => 1 } }, '.model.part["a b"].$c'],
  ["is a function", new Error("x", { cause: { f: () => 1 } }), ".model.part.cause.f"],
  ["is a future", new Error("x", { cause: future() }), ".model.part.cause"],
  ["cannot be read: broken", {
    get x(): number {
      throw new Error("broken");
    },
  }, ".model.part.x"],
];

for (const [words, value, path = ".model.part"] of REFUSED) {
  const tag = Object.prototype.toString.call(value);
  Deno.test(`prepareArguments() and checkSendable() refuse ${tag} at ${path.slice(0, 40)}: ${words}`, () => {
    const error = assertThrows(() => prepareArguments([1, { model: { part: value } }], "fit"), SerializationError);
    assertEquals(error.path, `argument 2 ${path}`);
    assert(error.message.startsWith(`Cannot send argument 2 of "fit": ${path} ${words}`), error.message);
    assert(error.hint !== undefined && error.hint !== "");
    const back = assertThrows(() => checkSendable({ model: { part: value } }, 'return from "fit"'), SerializationError);
    assertEquals(back.path, `result${path}`);
    assert(back.message.startsWith(`Cannot return from "fit": result${path} ${words}`), back.message);
  });
}

Deno.test("prepareArguments() names an argument that is itself the matter", () => {
  const error = assertThrows(() => prepareArguments([1, () => 1], "fit"), SerializationError);
  assertEquals(error.message.split("\n")[0], 'Cannot send argument 2 of "fit": it is a function');
  assertEquals(error.path, "argument 2");
  const promise = assertThrows(() => prepareArguments([Promise.resolve()], "fit"), SerializationError);
  assertEquals(promise.message.split("\n"), [
    'Cannot send argument 1 of "fit": it is a Promise',
    "hint: await it first, or make what returns it an app: futures may stand anywhere",
  ]);
});

Deno.test("checkSendable() refuses futures and files, which prepareArguments() takes", () => {
  assertThrows(() => checkSendable([future()], 'return from "fit"'), SerializationError, "result[0] is a future");
  assertThrows(
    () => checkSendable({ f: new TestFile() }, 'return from "fit"'),
    SerializationError,
    "result.f is a file",
  );
  assertThrows(() => checkSendable(() => 1, 'return from "fit"'), SerializationError, "result is a function");
});

Deno.test("checkSendable() lets nothing through that a message refuses or changes, but a Proxy", () => {
  for (const [words, value] of REFUSED) {
    if (words.startsWith("is nested")) continue;
    let kept: boolean;
    try {
      kept = alike(value, structuredClone(value)) && !hasMore(value);
    } catch {
      kept = false;
    }
    // What is refused although a clone of it would do: other ways than a thread's lose it.
    const lostElsewhere = ["is a Blob", "is a DOMException", "is an instance of Module"].some((w) =>
      words.startsWith(w)
    );
    assert(!kept || lostElsewhere, words);
  }
  assertEquals(refusedByMessage('return from "fit"', new Error("#<Object> could not be cloned.")).path, "result");
});

/** What `alike` does not look at, and a clone loses. */
function hasMore(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof RegExp || Reflect.ownKeys(value).length !== Reflect.ownKeys(structuredClone(value)).length;
}

Deno.test("fillIn() puts values in the places of futures and plain objects in those of files", () => {
  const f = future(7);
  const { values } = prepareArguments(
    [f, [f, { x: f }], new Map([[f, new Set([f])]]), { file: new TestFile() }, 1],
    "fit",
  );
  const file = { kind: "file", url: "file:///data/a.txt", path: "/data/a.txt" };
  const filled = fillIn(values, (f) => f.id);
  assertEquals(filled, [7, [7, { x: 7 }], new Map([[7, new Set([7])]]), { file }, 1]);
  assertStrictEquals((values[1] as unknown[])[0], f);
  assertEquals(fillIn(values, () => new TestFile())[0], file);
});

Deno.test("fillIn() makes new containers only around futures, and keeps what is shared", () => {
  const plain = { list: [1] };
  const touched = { plain, wait: future() };
  const { values } = prepareArguments([plain, touched, [touched, touched]], "fit");
  const [a, b, [c, d]] = fillIn(values, () => "v") as [object, { plain: object; wait: string }, [object, object]];
  assertStrictEquals(a, values[0]);
  assertStrictEquals(b.plain, a);
  assertStrictEquals(c, b);
  assertStrictEquals(d, b);
  assertEquals(b.wait, "v");
  assertEquals(fillIn([1, "a", null], () => "v"), [1, "a", null]);
});

Deno.test("fillIn() finds futures behind cycles", () => {
  const a: Record<string, unknown> = {};
  const b = { a, set: new Set([a]) };
  a["b"] = b;
  b.set.add(b as never);
  a["list"] = [a, [future()]];
  const { values } = prepareArguments([b], "fit");
  const [x] = fillIn(values, () => "v") as [typeof b];
  assertStrictEquals(x.a["b"], x);
  assertStrictEquals((x.a["list"] as unknown[])[0], x.a);
  assertEquals((x.a["list"] as unknown[])[1], ["v"]);
  assert(x.set.has(x.a) && x.set.has(x as never));
});

Deno.test("fillIn() after prepareArguments() is the value itself where there are no futures, for any value", () => {
  fc.assert(fc.property(sendables(), fc.nat(3), (value, at) => {
    const { values } = prepareArguments([value, [value, future()]], "fit");
    const [same, list] = fillIn(values, () => at) as [unknown, unknown[]];
    assertStrictEquals(same, values[0]);
    assert(alike(list[0], value));
    assertEquals(list[1], at);
  }));
});

Deno.test("prepareArguments() and fillIn() take 100,000 futures in one argument in linear time", () => {
  const times = [20_000, 200_000].map((n) => {
    const many = Array.from({ length: n }, (_, i) => future(i));
    let best = Infinity;
    for (let round = 0; round < 5; round++) {
      const start = performance.now();
      const { values, futures } = prepareArguments([many], "sum");
      const [filled] = fillIn(values, (f) => f.id) as [number[]];
      best = Math.min(best, performance.now() - start);
      assertEquals([futures?.length, filled.length, filled[n - 1]], [n, n, n - 1]);
    }
    return best / n;
  });
  assert((times[1] ?? 1) < 6 * (times[0] ?? 0), `${times} ms each`);
});
