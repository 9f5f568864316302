import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { describeThrown, reviveThrown } from "../../../lib/wire/thrown.ts";

function sendable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** What arrives of what was thrown. */
function sent(thrown: unknown): unknown {
  return reviveThrown(structuredClone(describeThrown(thrown, sendable)));
}

Deno.test("reviveThrown() makes an error of the same class, name, message, stack and members", () => {
  for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    const error = Object.assign(new Class("no luck"), { code: 5, where: { file: "a.ts" }, f: () => 1 });
    const got = sent(error);
    assertInstanceOf(got, Class);
    assertEquals([got.constructor, got.name, got.message, got.stack], [Class, Class.name, "no luck", error.stack]);
    assertEquals({ ...got }, { code: 5, where: { file: "a.ts" } } as never);
  }
});

Deno.test("reviveThrown() keeps the name of a class that only the worker has", () => {
  class Far extends RangeError {
    override name = "Far";
  }
  const got = sent(new Far("too far"));
  assertInstanceOf(got, Error);
  assertEquals([got.name, got.message], ["Far", "too far"]);
});

Deno.test("reviveThrown() keeps causes and the errors of an AggregateError", () => {
  const got = sent(new AggregateError([new TypeError("one"), "two"], "all", { cause: new Error("why", { cause: 7 }) }));
  assertInstanceOf(got, AggregateError);
  assertInstanceOf(got.errors[0], TypeError);
  assertEquals([got.errors[1], got.message], ["two", "all"]);
  assertInstanceOf(got.cause, Error);
  assertEquals([got.cause.message, got.cause.cause], ["why", 7]);
});

Deno.test("describeThrown() ends at causes that go in a circle", () => {
  const error = new Error("round");
  error.cause = error;
  let depth = 0;
  for (let at = sent(error); at instanceof Error; at = at.cause) depth++;
  assertEquals(depth, 17);
});

Deno.test("describeThrown() takes what is no error as it is, or as text", () => {
  for (const value of ["text", 5, null, undefined, { code: 1 }]) assertEquals(sent(value), value);
  assertEquals(sent(Symbol("s")), "Symbol(s)");
  const fn = (): number => 1;
  assertEquals(sent(fn), String(fn));
});

Deno.test("reviveThrown() takes data for data, whatever its names are", () => {
  const error = new Error("m");
  Object.defineProperty(error, "__proto__", { value: { polluted: 1 }, enumerable: true });
  const got = sent(error);
  assertInstanceOf(got, Error);
  assertStrictEquals(Object.getPrototypeOf(got), Error.prototype);
  assertEquals("polluted" in {}, false);
});
