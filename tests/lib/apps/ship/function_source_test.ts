import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { shipFunction } from "../../../../lib/apps/ship/function_source.ts";
import { ShipError } from "../../../../lib/apps/ship/ship_error.ts";
import { TestWorker } from "./_in_worker.ts";

type AnyFunction = (...args: never[]) => unknown;

const KEY = "key";
const outer = 10;
const faraway = { deep: 1 };

class Sample {
  readonly factor = 2;
  static half(x: number): number {
    return x / 2;
  }
  double(x: number): number {
    return x * 2;
  }
  async later(x: number): Promise<number> {
    return await Promise.resolve(x + 1);
  }
  *count(n: number): Generator<number> {
    for (let i = 0; i < n; i++) yield i;
  }
  async *slowly(n: number): AsyncGenerator<number> {
    for (let i = 0; i < n; i++) yield await Promise.resolve(i);
  }
  delete(x: number): number {
    return -x;
  }
  [KEY](x: number): number {
    return x + 100;
  }
  "with a space"(x: number): number {
    return x + 200;
  }
  get answer(): number {
    return 42;
  }
  scaled(x: number): number {
    return x * this.factor;
  }
  static #hidden(x: number): number {
    return x + 300;
  }
  static hidden(): AnyFunction {
    return Sample.#hidden;
  }
}

const literal = {
  async(x: number): number {
    return x + 1;
  },
  get(x: number): number {
    return x + 2;
  },
  set(x: number): number {
    return x + 3;
  },
  static(x: number): number {
    return x + 4;
  },
  function(x: number): number {
    return x + 5;
  },
  async constructor(x: number): Promise<number> {
    return await x + 6;
  },
  __proto__(x: number): number {
    return x + 7;
  },
};

function getterOf(of: object, key: string): AnyFunction {
  const getter: unknown = Object.getOwnPropertyDescriptor(of, key)?.get;
  if (typeof getter !== "function") throw new Error(`no getter ${key}`);
  return getter as AnyFunction;
}

const sample = new Sample();

const CASES: readonly (readonly [what: string, fn: AnyFunction, args: readonly unknown[], result: unknown])[] = [
  ["an arrow function", (x: number) => x * x, [3], 9],
  ["an arrow function that gives an object", (x: number) => ({ x }), [3], { x: 3 }],
  ["an async arrow function", async (x: number) => await Promise.resolve(x + 1), [3], 4],
  [
    "a function expression",
    function (x: number): number {
      return x + arguments.length;
    },
    [3],
    4,
  ],
  [
    "a function that calls itself",
    function fib(n: number): number {
      return n < 2 ? n : fib(n - 1) + fib(n - 2);
    },
    [10],
    55,
  ],
  [
    "a generator",
    function* (n: number): Generator<number> {
      yield* [n, n];
    },
    [3],
    [3, 3],
  ],
  [
    "an async generator",
    async function* (n: number): AsyncGenerator<number> {
      yield await Promise.resolve(n);
    },
    [3],
    [3],
  ],
  ["defaults, rest and destructuring", ({ a, b = a }: { a: number; b?: number }, ...[c = b]: number[]) => [a, b, c], [{
    a: 1,
  }], [1, 1, 1]],
  ["a method", sample.double, [3], 6],
  ["a static method", Sample.half, [3], 1.5],
  ["an async method", sample.later, [3], 4],
  ["a generator method", sample.count, [3], [0, 1, 2]],
  ["an async generator method", sample.slowly, [3], [0, 1, 2]],
  ["a method named by a keyword", sample.delete, [3], -3],
  ["a method with a computed name", sample[KEY], [3], 103],
  ["a method with a text for a name", sample["with a space"], [3], 203],
  ["a private method", Sample.hidden(), [3], 303],
  ["a getter", getterOf(Sample.prototype, "answer"), [], 42],
  ["a method called async", literal.async, [3], 4],
  ["a method called get", literal.get, [3], 5],
  ["a method called set", literal.set, [3], 6],
  ["a method called static", literal.static, [3], 7],
  ["a method called function", literal.function, [3], 8],
  ["an async method called constructor", literal.constructor, [3], 9],
  ["a method called __proto__", literal.__proto__, [3], 10],
  [
    "a class inside",
    (x: number) => {
      class Point {
        #x = x;
        static of = (): Point => new Point();
        get x(): number {
          return this.#x;
        }
      }
      return Point.of().x;
    },
    [3],
    3,
  ],
  [
    "strict code: a nested function has no this",
    () =>
      (function (this: unknown): boolean {
        return this === undefined;
      })(),
    [],
    true,
  ],
  [
    "strict code: a frozen object throws",
    () => {
      try {
        Object.assign(Object.freeze({ x: 1 }), { x: 2 });
        (Object.freeze([1]) as number[])[0] = 2;
        return "silent";
      } catch (error) {
        return (error as Error).name;
      }
    },
    [],
    "TypeError",
  ],
  ["a sloppy function", new Function("o", "with (o) { return Math.abs(-1); }") as AnyFunction, [{}], 1],
  ["a module import inside", async (p: string) => (await import("node:path")).basename(p), ["/a/b"], "b"],
  [
    "a relative import inside",
    async (x: number) => {
      const { triple } = await import("./_tasks.ts");
      return triple(x);
    },
    [3],
    9,
  ],
  [
    "two relative imports, one without quotes",
    async (x: number) => {
      const [a, b] = await Promise.all([import(`./_tasks.ts`), import("../ship/_tasks.ts")]);
      return a.triple(x) + b.triple(x);
    },
    [3],
    18,
  ],
];

for (const [what, fn, args, result] of CASES) {
  Deno.test(`shipFunction() ships ${what} to a worker`, async () => {
    using worker = new TestWorker();
    const { source } = shipFunction(fn);
    assertEquals(await worker.ask({ kind: "call", source, args }), result);
  });
}

Deno.test("shipFunction() says name and whether it is async", () => {
  const named = (x: number): number => x;
  assertEquals(shipFunction(named).name, "named");
  assertEquals(shipFunction(() => 1).name, "");
  assertEquals(shipFunction(sample.later).isAsync, true);
  assertEquals(shipFunction(sample.double).isAsync, false);
});

Deno.test("shipFunction() does not ask a function's own toString", () => {
  const fn = Object.assign((x: number) => x, { toString: () => "() => process.exit(1)" });
  assertStringIncludes(shipFunction(fn).source, "(x)=>x");
});

Deno.test("shipFunction() resolves relative imports against the call site it is given", () => {
  const read = async (): Promise<unknown> => await import("./_tasks.ts");
  assertStringIncludes(shipFunction(read, "file:///some/where/a.ts:12").source, '"file:///some/where/_tasks.ts"');
  assertStringIncludes(shipFunction(read, "https://x.example:80/a.ts:1:2").source, '"https://x.example:80/_tasks.ts"');
  assertStringIncludes(shipFunction(read).source, JSON.stringify(new URL("./_tasks.ts", import.meta.url).href));
});

Deno.test("shipFunction() leaves imports alone that it cannot resolve or that need no resolving", () => {
  const computed = async (p: string): Promise<unknown> => await import("./" + p);
  assertStringIncludes(shipFunction(computed).source, '"./" + p');
  const bare = async (): Promise<unknown> => await import("node:fs");
  assertStringIncludes(shipFunction(bare).source, '"node:fs"');
  const local = async (): Promise<unknown> => await import("./_tasks.ts");
  assertStringIncludes(shipFunction(local, "data:text/javascript,x").source, '"./_tasks.ts"');
});

Deno.test("shipFunction() refuses a free variable: the name, the line, the call site, the three ways out", () => {
  function fit(x: number): number {
    const y = x;
    return y * outer + faraway.deep;
  }
  const error = assertThrows(() => shipFunction(fit), ShipError);
  assertEquals(error.place.variable, "outer");
  assertEquals(error.place.line, 3);
  assertMatch(error.place.callSite ?? "", /function_source_test\.ts:\d+$/);
  const [first, ...rest] = error.message.split("\n");
  assertStringIncludes(first ?? "", 'Cannot ship function "fit": it uses `outer`');
  assertMatch(
    first ?? "",
    /\(line 3 of the function, app made at file:.*function_source_test\.ts:\d+\); and `faraway`/,
  );
  const text = rest.join("\n");
  assertStringIncludes(text, "return y * outer + faraway.deep;");
  assertStringIncludes(text, "as an argument");
  assertStringIncludes(text, 'const { outer } = await import("./x.ts")');
  assertStringIncludes(text, 'app(import.meta.resolve("./tasks.ts"), "fit")');
});

Deno.test("shipFunction() tells an arrow function that calls itself how it can", () => {
  const fib = (n: number): number => n < 2 ? n : fib(n - 1) + fib(n - 2);
  assertStringIncludes(assertThrows(() => shipFunction(fib), ShipError).message, "write it as `function fib(…)");
});

const REFUSED: readonly (readonly [what: string, fn: unknown, words: string])[] = [
  ["native code", Math.sqrt, 'function "sqrt": it is native code'],
  ["a bound function", ((x: number) => x).bind(null), "it was made by bind()"],
  ["a Proxy of a function", new Proxy(() => 1, {}), "native code (or a Proxy)"],
  ["a class", Sample, 'function "Sample": it is a class'],
  ["this", sample.scaled, "it uses `this`"],
  ["arguments of an arrow function", new Function("return () => arguments")(), "it uses `arguments`"],
  ["import.meta", () => import.meta.url, "pass import.meta.url"],
  ["a global that workers lack", () => localStorage, "`localStorage`, which workers do not have"],
  ["a global that is the worker's own", () => name, "`name`, which in a worker is the worker's own"],
];

for (const [what, fn, words] of REFUSED) {
  Deno.test(`shipFunction() refuses ${what} with words`, () => {
    // The table holds functions of every kind.
    const error = assertThrows(() => shipFunction(fn as AnyFunction), ShipError, words);
    assert(error instanceof TypeError && error.hint !== "" && error.code === "SHIP");
    assertEquals(error.name, "ShipError");
  });
}

Deno.test("shipFunction() costs less than 200 µs for a small function", () => {
  const square = (x: number): number => x * x;
  let best = Infinity;
  for (let round = 0; round < 20; round++) {
    const start = performance.now();
    for (let i = 0; i < 50; i++) shipFunction(square);
    best = Math.min(best, (performance.now() - start) / 50);
  }
  assert(best < 0.2, `${best} ms`);
});
