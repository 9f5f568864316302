import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { fillFutures, findLeaves } from "../../../lib/apps/arguments.ts";
import { FUTURE, type FutureOf } from "../../../lib/brand.ts";
import { file, output } from "../../../lib/data/file.ts";

/** A future of a value, as far as arguments go. */
function future(value: unknown): FutureOf<unknown> & { readonly value: unknown } {
  return { [FUTURE]: true, id: 1, value, then: () => Promise.reject(new Error("nobody waits here")) };
}
function valueOf(one: FutureOf<unknown>): unknown {
  return "value" in one ? one.value : undefined;
}

/** A value, and the same with futures in some places. */
interface Pair {
  readonly plain: unknown;
  readonly given: unknown;
  readonly futures: number;
}

const { pair } = fc.letrec<{ pair: Pair }>((tie) => ({
  pair: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.integer(), fc.string(), fc.constant(null)).map((plain): Pair => ({ plain, given: plain, futures: 0 })),
    fc.anything({ maxDepth: 1 }).map((plain): Pair => ({ plain, given: future(plain), futures: 1 })),
    fc.array(tie("pair"), { maxLength: 4 }).map((ps): Pair => ({
      plain: ps.map((p) => p.plain),
      given: ps.map((p) => p.given),
      futures: ps.reduce((sum, p) => sum + p.futures, 0),
    })),
    fc.array(fc.tuple(fc.string(), tie("pair")), { maxLength: 4 }).map((entries): Pair => {
      const ps = [...new Map(entries)];
      return {
        plain: Object.fromEntries(ps.map(([k, p]) => [k, p.plain])),
        given: Object.fromEntries(ps.map(([k, p]) => [k, p.given])),
        futures: ps.reduce((sum, [, p]) => sum + p.futures, 0),
      };
    }),
    fc.array(fc.tuple(fc.string(), tie("pair")), { maxLength: 4 }).map((entries): Pair => {
      const ps = [...new Map(entries)];
      return {
        plain: new Map(ps.map(([k, p]) => [k, p.plain])),
        given: new Map(ps.map(([k, p]) => [k, p.given])),
        futures: ps.reduce((sum, [, p]) => sum + p.futures, 0),
      };
    }),
  ),
}));

Deno.test("fillFutures() puts every value in its place, and findLeaves() finds every future", () => {
  fc.assert(
    fc.property(pair, ({ plain, given, futures }) => {
      assertEquals(findLeaves(given).futures.length, futures);
      const filled = fillFutures(given, valueOf);
      assertEquals(filled, plain);
      // What holds no future is not copied.
      if (futures === 0) assertStrictEquals(filled, given);
    }),
    { numRuns: 500 },
  );
});

Deno.test("fillFutures() keeps what is shared shared, and goes round circles once", () => {
  const shared = { f: future(1) };
  const untouched = { deep: [1, 2] };
  const round: Record<string, unknown> = { shared, again: [shared], untouched };
  round["self"] = round;
  round["map"] = new Map<unknown, unknown>([["up", round], [future("key"), new Set([future(5), round])]]);
  const filled = fillFutures(round, valueOf) as typeof round;
  assert(filled !== round);
  assertStrictEquals(filled["self"], filled);
  assertStrictEquals((filled["again"] as unknown[])[0], filled["shared"]);
  assertStrictEquals(filled["untouched"], untouched);
  assertEquals(filled["shared"], { f: 1 });
  const map = filled["map"] as Map<string, unknown>;
  assertStrictEquals(map.get("up"), filled);
  assertEquals([...map.get("key") as Set<unknown>], [5, filled]);
  assertEquals(findLeaves(round).futures.length, 3);
});

Deno.test("fillFutures() leaves files, classes and what they hold alone", () => {
  class Own {
    f = future(1);
  }
  const own = new Own();
  const given = [file("a"), output("b"), own, new Date(0), future(2)];
  const filled = fillFutures(given, valueOf) as unknown[];
  assertEquals(filled.slice(0, 4).every((part, i) => part === given[i]), true);
  assertEquals(filled[4], 2);
  assertEquals(findLeaves(given).files.length, 2);
});

Deno.test("fillFutures() takes a property called __proto__ for data", () => {
  const given = JSON.parse('{"__proto__": {"a": 1}, "b": 2}');
  given.c = future(3);
  const filled = fillFutures(given, valueOf) as Record<string, unknown>;
  assertEquals([Object.keys(filled), filled["a"], filled["c"]], [["__proto__", "b", "c"], undefined, 3]);
});

Deno.test("fillFutures() goes as deep as arguments do, and once over each part", () => {
  let deep: unknown = future("bottom");
  let wide: unknown[] = [future(0)];
  for (let i = 0; i < 2000; i++) deep = [deep];
  // Each level holds the one below twice: walked naively these are 2^40 parts.
  for (let i = 0; i < 40; i++) wide = [wide, wide];
  let at = fillFutures(deep, valueOf);
  for (let i = 0; i < 2000; i++) at = (at as unknown[])[0];
  assertEquals(at, "bottom");
  const filled = fillFutures(wide, valueOf) as unknown[][];
  assertStrictEquals(filled[0], filled[1]);
});
