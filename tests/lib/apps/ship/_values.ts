import fc from "fast-check";

/** Values that may travel, with everything that is easily lost on the way; no two parts are the same object. */
export function sendables(options: { readonly errors?: boolean } = {}): fc.Arbitrary<unknown> {
  const leaf: fc.Arbitrary<unknown> = fc.oneof(
    fc.constantFrom(undefined, null, true, false, -0, 0, NaN, Infinity, 1, "1", 1n, "", "true", "null", "undefined"),
    fc.double(),
    fc.string({ unit: "binary", maxLength: 5 }),
    fc.bigInt(),
    fc.constantFrom(0, 1, NaN).map((t) => new Date(t)),
    fc.constantFrom("a", "b").map((s) => new RegExp(s, "g")),
    fc.constantFrom<(new (n: number[]) => ArrayBufferView)[]>(Uint8Array, Int8Array, Float32Array, Float64Array)
      .chain((C) => fc.array(fc.nat(3), { maxLength: 2 }).map((n) => new C(n))),
    fc.constant(null).map(() => new ArrayBuffer(2)),
    fc.constantFrom(1, "1", true, 1n).map((p) => Object(p)),
  );
  const key = fc.constantFrom("a", "b", "__proto__", "0", "constructor", "kind");
  const { value } = fc.letrec<{ value: unknown }>((tie) => {
    const inner = tie("value");
    return {
      value: fc.oneof(
        { maxDepth: 4, depthSize: "small", withCrossShrink: true },
        leaf,
        fc.array(inner, { maxLength: 4 }),
        fc.array(fc.option(inner, { nil: HOLE }), { maxLength: 4 }).map(withHoles),
        fc.uniqueArray(fc.tuple(key, inner), { maxLength: 4, selector: ([k]) => k }).map(Object.fromEntries),
        fc.array(fc.tuple(inner, inner), { maxLength: 3 }).map((e) => new Map(e)),
        fc.array(inner, { maxLength: 3 }).map((e) => new Set(e)),
        ...(options.errors === false
          ? []
          : [inner.map((cause) => new RangeError("m", { cause })), leaf.map(() => new Error("m"))]),
      ),
    };
  });
  return value;
}

const HOLE = Symbol("hole");

function withHoles(items: readonly unknown[]): unknown[] {
  const out: unknown[] = [];
  out.length = items.length;
  items.forEach((item, i) => item === HOLE ? undefined : out[i] = item);
  return out;
}
