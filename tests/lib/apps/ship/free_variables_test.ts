import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { findFreeVariables } from "../../../../lib/apps/ship/free_variables.ts";
import { ShipError } from "../../../../lib/apps/ship/ship_error.ts";

/** Texts as `toString()` gives them, and what is free in them. */
const TABLE: readonly (readonly [text: string, ...free: string[]])[] = [
  // parameters
  ["(x) => x * x"],
  ["x => x * y", "y"],
  ["async (x) => await x"],
  ["async x => await x"],
  ["({ a, b: { c, ...d }, [1 + 1]: e }, [f, , g = a, ...h]) => [a, c, d, e, f, g, h]"],
  ["({ b: { c } }) => b", "b"],
  ["(a, b = a, c = () => d, d = 1) => c()"],
  ["(a = b) => { var b = 1; return a; }", "b"],
  ["(a = () => b) => { let b = 1; return a; }", "b"],
  ["({ [key]: value }) => value", "key"],
  ["(...rest) => rest.map((r) => r + offset)", "offset"],
  ["(a, b = a) => { function a() {} return b; }"],
  // var, let, const, function, class
  ["() => { x = 1; var x; return x; }"],
  ["() => { if (1) { var x = 1; } return x; }"],
  ["() => { if (1) { let x = 1; } return x; }", "x"],
  ["() => { { const x = 1; } return x; }", "x"],
  ["() => { { function f() {} f(); } return f; }", "f"],
  ["() => { return f(); function f() { return 1; } }"],
  ["() => { { class C {} } return new C(); }", "C"],
  ["() => { return new C(); class C {} }"],
  ["() => { for (let i = 0; i < 3; i++) {} return i; }", "i"],
  ["() => { for (var i = 0; i < 3; i++) {} return i; }"],
  ["(xs) => { for (const [k, v] of xs) { k(v); } return k; }", "k"],
  ["(xs) => { for (const x in xs) x; for (x of xs); }", "x"],
  ["async (xs) => { for await (const x of xs) { x; } }"],
  ["(x) => { switch (x) { case 1: let y = 1; break; case z: return y; } return y; }", "z", "y"],
  ["() => { using d = open(); return d; }", "open"],
  ["async () => { await using d = null; return d; }"],
  ["() => { const { a, b: [c] = [], ...r } = obj; return [a, c, r]; }", "obj"],
  ["() => { let a; ({ a, b } = { a: 1, b: 2 }); return a; }", "b"],
  ["() => { [q.r, s] = [1, 2]; }", "q", "s"],
  ["() => { let f = function g() { return g; }; return g; }", "g"],
  ["(x) => { switch (far) { case x: let far; } }", "far"],
  // catch
  ["() => { try { f(); } catch (e) { return e; } return e; }", "f", "e"],
  ["() => { try {} catch ({ message = fallback }) { return message; } }", "fallback"],
  ["() => { try {} catch { return 1; } finally { done(); } }", "done"],
  ["() => { try {} catch (e) { var e = 2; } return e; }"],
  // labels, keys and members are no variables
  ["() => { outer: for (;;) { for (;;) { continue outer; } break outer; } }"],
  ["(o) => o.secret.deep?.er"],
  ["(o) => o[secret]", "secret"],
  ["(o) => o?.[secret]?.(arg)", "secret", "arg"],
  ["() => ({ secret: 1, 'other': 2, 3: 4 })"],
  ["() => ({ secret })", "secret"],
  ["() => ({ [secret]: 1 })", "secret"],
  ["() => ({ ...secret })", "secret"],
  ["() => ({ secret() { return 1; }, get other() { return 2; }, set other(v) { v; } })"],
  ["() => ({ secret() { return secret; } })", "secret"],
  // named function expressions and classes
  ["function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }"],
  ["(n) => n < 2 ? n : fib(n - 1)", "fib"],
  ["function (n) { return arguments.length; }"],
  ["async function named() { await other(); }", "other"],
  ["function* gen(n) { yield* inner(n); }", "inner"],
  ["async function* () { yield await x; }", "x"],
  ["() => class Named { static made = new Named(); }"],
  ["() => { const C = class Named {}; return Named; }", "Named"],
  ["() => class extends Base {}", "Base"],
  ["() => class { x = outer; #p = 1; static s = this.name; has(o) { return #p in o && o.#p; } }", "outer"],
  ["() => class { static { var hidden = 1; this.x = hidden; } y = hidden; }", "hidden"],
  ["() => class { [computed]() {} static [this.x] = 1; }", "computed", "this"],
  ["() => class { f = () => this.g(); g() { return super.toString(); } }"],
  ["() => class { constructor() { new.target; } }"],
  ["(o) => o.#p", "#p"],
  ["(o) => #p in o", "#p"],
  // methods as toString() gives them
  ["foo(a) { return a; }"],
  ["foo(a) { return foo(a); }", "foo"],
  ["async foo(a) { return await a; }"],
  ["*foo(a) { yield a; }"],
  ["async *foo(a) { yield a; }"],
  ["get foo() { return bar; }", "bar"],
  ["set foo(v) { bar = v; }", "bar"],
  ["get(a) { return a; }"],
  ["set(a) { return a; }"],
  ["async(a) { return a; }"],
  ["static(a) { return a; }"],
  ["function(a) { return a; }"],
  ["delete(a) { return a; }"],
  ["constructor(a) { return a; }"],
  ["async constructor(a) { return a; }"],
  ["get constructor() { return a; }", "a"],
  ["[Symbol.iterator + unseen](a) { return a; }"],
  ['"a b"(a) { return a; }'],
  ["12(a) { return a; }"],
  ["#priv(a) { return a; }"],
  ["foo() { return super.foo(); }", "super"],
  ["foo() { return this.x; }", "this"],
  // this, arguments, import.meta
  ["() => this", "this"],
  ["function () { return () => this; }", "this"],
  ["() => function () { return this; }"],
  ["() => ({ m() { return super.m() + this.x; } })"],
  ["() => arguments[0]", "arguments"],
  ["() => function () { return () => arguments[0]; }"],
  ["() => import.meta.url", "import.meta"],
  ["async () => (await import('./x.ts')).y"],
  ["async () => await import(path)", "path"],
  ["async () => await import('./x.json', { with: { type: kind } })", "kind"],
  // globals
  ["() => [Math.PI, console, Deno, globalThis, undefined, NaN, fetch, process, Buffer, structuredClone]"],
  ["() => window.x", "window"],
  ["() => localStorage", "localStorage"],
  ["() => alert(1)", "alert"],
  ["() => name", "name"],
  ["() => close()", "close"],
  ["() => postMessage(1)", "postMessage"],
  ["() => typeof window === 'undefined'"],
  ["() => typeof outer === 'undefined'", "outer"],
  ["() => typeof window.x", "window"],
  ["() => { undeclared = 1; }", "undeclared"],
  ["() => { undeclared++; delete other.x; }", "undeclared", "other"],
  ["() => __proto__", "__proto__"],
  ["() => [constructor, hasOwnProperty, toString]", "constructor", "hasOwnProperty", "toString"],
  // texts that look like names
  ["() => 'secret' + /secret/g.source + `secret ${1}`"],
  ["() => `${secret}`", "secret"],
  ["() => tag`x ${1}`", "tag"],
  ["() => /* secret */ 1"],
  ["() => { // secret\n}"],
  ["() => \\u0073ecret", "secret"],
  ["() => größe + 変数", "größe", "変数"],
  ["(größe) => gr\\u00f6ße"],
  ["() => a ?? b", "a", "b"],
  ["() => { eval('secret'); }"],
  // sloppy code of CommonJS and of new Function
  ["function anonymous(a\n) {\nreturn a + b\n}", "b"],
  ["function (o) { with (o) { return x; } }", "x"],
  ["function (a) { return a + 010; }"],
];

for (const [text, ...free] of TABLE) {
  Deno.test(`findFreeVariables() ${free.length === 0 ? "finds nothing" : `finds ${free.join(", ")}`} in ${text}`, () => {
    assertEquals(findFreeVariables(text).map((v) => v.name), free);
  });
}

Deno.test("findFreeVariables() says line and column of the first use, from 1, in methods too", () => {
  assertEquals(findFreeVariables("(x) => {\n  return x +\n    far + far;\n}"), [{ name: "far", line: 3, column: 5 }]);
  assertEquals(findFreeVariables("() => far"), [{ name: "far", line: 1, column: 7 }]);
  assertEquals(findFreeVariables("foo() { far }"), [{ name: "far", line: 1, column: 9 }]);
  assertEquals(findFreeVariables("async constructor() {\r\n far }"), [{ name: "far", line: 2, column: 2 }]);
});

Deno.test("findFreeVariables() gives names in the order of the text, each once", () => {
  const names = findFreeVariables("(a = z) => { y(); x(); return () => y + z; }").map((v) => v.name);
  assertEquals(names, ["z", "y", "x"]);
});

Deno.test("findFreeVariables() refuses what is no function, with words", () => {
  assertThrows(() => findFreeVariables("function () { [native code] }"), ShipError, "native");
  assertThrows(() => findFreeVariables("class A {}"), ShipError, "class");
  assertThrows(() => findFreeVariables("(x) => x +"), ShipError, "Unexpected token");
  assertThrows(() => findFreeVariables("1 + 1"), ShipError, "Cannot read");
  assertThrows(() => findFreeVariables("a(){}, b(){}"), ShipError, "Cannot read");
  assertThrows(() => findFreeVariables(""), ShipError, "Cannot read");
});

/** Programs whose every use runs, so that running them says what is free. */
function statements(depth: number): fc.Arbitrary<string> {
  const name = fc.constantFrom("a", "b", "c", "d");
  const inner = depth === 0
    ? fc.constant("")
    : fc.array(statements(depth - 1), { maxLength: 3 }).map((s) => s.join(" "));
  return fc.oneof(
    name.map((n) => `use(() => ${n});`),
    name.map((n) => `use(() => { ${n} = 1; });`),
    name.map((n) => `var ${n} = 1;`),
    fc.tuple(name, inner).map(([n, s]) => `{ let ${n} = 1; ${s} }`),
    fc.tuple(name, inner).map(([n, s]) => `{ function ${n}() {} ${s} }`),
    fc.tuple(name, inner).map(([n, s]) => `{ class ${n} { static { ${s} } } }`),
    fc.tuple(name, inner).map(([n, s]) => `try { throw 1; } catch (${n}) { ${s} }`),
    fc.tuple(name, inner).map(([n, s]) => `for (const ${n} of [1]) { ${s} }`),
    fc.tuple(name, inner).map(([n, s]) => `switch (1) { case 1: let ${n}; ${s} }`),
    fc.tuple(name, inner).map(([n, s]) => `(function ${n}() { ${s} })();`),
    fc.tuple(name, name, inner).map(([n, m, s]) =>
      `(({ ${n}, x: [${m}2 = use(() => ${m})] }) => { ${s} })({ x: [] });`
    ),
    fc.tuple(name, name, inner).map(([n, m, s]) => `((p = use(() => ${m})) => { var ${n}; ${s} })();`),
    inner.map((s) => `new (class { x = (() => { ${s} })(); })();`),
  );
}

/** The function of a text in strict mode; undefined for one that declares a name twice. */
function evaluated(text: string): ((use: (read: () => unknown) => void) => void) | undefined {
  try {
    return (0, eval)(`"use strict"; (${text})`);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

Deno.test("findFreeVariables() finds exactly what a run of the function misses", () => {
  let withFree = 0;
  fc.assert(
    fc.property(fc.array(statements(3), { minLength: 1, maxLength: 5 }), (body) => {
      const text = `(use) => { ${body.join(" ")} }`;
      const missed = new Set<string>();
      const fn = evaluated(text);
      fc.pre(fn !== undefined);
      fn((read) => {
        try {
          read();
        } catch (error) {
          // Other errors are those of variables used before their declaration and of constants.
          const name = /^(\w+) is not defined$/.exec((error as Error).message)?.[1];
          if (name !== undefined) missed.add(name);
        }
      });
      if (missed.size > 0) withFree++;
      assertEquals(findFreeVariables(text).map((v) => v.name).sort(), [...missed].sort());
    }),
    { numRuns: 1000 },
  );
  assertEquals(withFree > 100, true);
});
