import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { z } from "zod";
import {
  app,
  apps,
  type AppSchemas,
  bash,
  ConfigError,
  join,
  output,
  type OutputFile,
  RemoteError,
  ResultError,
  SerializationError,
  sh,
  ShipError,
} from "../../../mod.ts";
import { failure, openLab } from "../../parsl/helpers.ts";
import { openBench } from "../graph/fake_executor.ts";

const area = app(
  { args: z.tuple([z.object({ w: z.number(), h: z.number().positive() })]), returns: z.number().max(100) },
  ({ w, h }) => w * h,
  { name: "area" },
);
const SIZE = import.meta.resolve("../../parsl/fixtures/tasks.ts");

Deno.test("app() with schemas refuses arguments at the call, with the path of what is wrong, and submits nothing", () => {
  using bench = openBench();
  // Types refuse all of these: they come from outside.
  const loose = area as unknown as (...args: unknown[]) => unknown;
  const wrong: readonly (readonly [args: unknown[], words: RegExp])[] = [
    [[{ w: "1", h: 1 }], /^Cannot call "area": its arguments do not fit: 0\.w: .*expected number, received string$/],
    [[{ w: 1, h: 0 }], /: 0\.h: Too small/],
    [[{ w: true }], /: 0\.w: .*; 0\.h: /],
    [[], /do not fit: /],
    [[{ w: 1, h: 1 }, 2], /do not fit: /],
    [[undefined], /: 0: .*received undefined/],
  ];
  for (const [args, words] of wrong) assertMatch(assertThrows(() => loose(...args), TypeError).message, words);
  assertEquals([bench.kernel.called, bench.executor.submitted.length], [0, 0]);
});

Deno.test("app() with schemas checks arguments that are futures when they are there, and does not run", async () => {
  await using lab = await openLab();
  const side = app((n: number) => n);
  assertEquals(await area({ w: side(2), h: 3 }), 6);
  const wrong = area({ w: side(2), h: side(-1) });
  const error = await failure(wrong, TypeError);
  assertMatch(error.message, /^Cannot call "area": its arguments do not fit: 0\.h: Too small/);
  assertEquals([wrong.tries, wrong.state, lab.wf.summary().failed], [0, "failed", 1]);
});

Deno.test("app() with schemas refuses a result that does not fit, and does not try again what will not go away", async () => {
  await using _lab = await openLab({ retries: 1 });
  const future = area({ w: 20, h: 20 });
  const error = await failure(future, ResultError);
  assertMatch(error.message, /^Cannot finish task t1 "area": its result does not fit: Too big/);
  assertEquals(future.tries, 1);
});

Deno.test("app() with schemas hands on what the schemas make: defaults and transforms", async () => {
  await using _lab = await openLab();
  const shout = app(
    {
      args: z.tuple([z.object({ word: z.string(), times: z.number().default(2) })]),
      returns: z.string().transform((s) => s.length),
    },
    // What the schema of the result makes is not what the function returns.
    ({ word, times }) => word.repeat(times) as unknown as number,
  );
  const given = { word: "ab" } as { word: string; times: number };
  assertEquals(await shout(given), 4);
  assertEquals(await shout(app(() => ({ word: "abc" }) as { word: string; times: number })()), 6);
});

Deno.test("app() with a schema that throws fails the call or the task, never the script", async () => {
  await using _lab = await openLab();
  const later = z.number().refine(() => Promise.resolve(true));
  const wrong = app({ args: z.tuple([later]) }, (x) => x, { name: "fit" });
  assertStringIncludes(assertThrows(() => wrong(1), TypeError).message, 'Cannot call "fit": its arguments do not fit');
  const error = await failure(wrong(app(() => 1)()), TypeError);
  assertStringIncludes(error.message, "the schema threw: ");
  const result = await failure(app({ returns: later }, () => 1)(), ResultError);
  assertStringIncludes(result.message, "its result does not fit: the schema threw: ");
  const json = await failure(bash`echo 1`.json(later)(), ResultError);
  assertStringIncludes(json.message, "its stdout does not fit the schema: the schema threw: ");
});

Deno.test("app() refuses what is no schema when it is made, and keys that it does not know", () => {
  // Types refuse all of these.
  const make = (schemas: unknown) => () => app(schemas as AppSchemas<[number], number>, (x) => x, { name: "fit" });
  for (const schema of [5, "number", {}, null, z.number, { safeParse: 1 }]) {
    const error = assertThrows(make({ args: schema }), ConfigError, 'Cannot check args of app "fit": what is given');
    assertEquals(error.place.path, ["args"]);
    assertThrows(make({ returns: schema }), ConfigError, 'Cannot check returns of app "fit"');
  }
  const error = assertThrows(make({ walltime: "5m" }), ConfigError, 'Cannot use schema "walltime" of app "fit"');
  assertStringIncludes(error.hint ?? "", "options come last");
});

Deno.test("app() refuses what is no app at all, with the three forms", () => {
  const loose = app as unknown as (...args: unknown[]) => unknown;
  for (const args of [[], [5], [null, () => 1], [{}, 5], [Promise.resolve()], [{ args: z.tuple([]) }]]) {
    const error = assertThrows(() => loose(...args), TypeError);
    assertStringIncludes(error.message, "a function, schemas and a function, or the URL of a module");
  }
});

class Point {
  readonly x = 1;
}

Deno.test("app() refuses arguments that cannot travel at the call, with their path, and submits nothing", () => {
  using bench = openBench();
  // Types let most of these through: what an argument may be is up to the function.
  const fit = app((data: unknown, more?: unknown) => [data, more], { name: "fit" });
  const wrong: readonly (readonly [args: [unknown, unknown?], place: string, words: string])[] = [
    [[() => 1], "argument 1", 'Cannot send argument 1 of "fit": it is a function'],
    [[1, { deep: [{ fn: Math.max }] }], "argument 2 .deep[0].fn", ".deep[0].fn is a function"],
    [[[new Point()]], "argument 1 [0]", "[0] is an instance of Point"],
    [[new Map([["k", new Point()]])], 'argument 1 .get("k")', "is an instance of Point"],
    [[{ url: new URL("file:///a") }], "argument 1 .url", ".url is a URL"],
    [[{ "a b": Symbol("s") }], 'argument 1 ["a b"]', "is a symbol"],
    [[{ late: Promise.resolve(1) }], "argument 1 .late", ".late is a Promise"],
  ];
  for (const [args, place, words] of wrong) {
    const error = assertThrows(() => fit(...args), SerializationError, undefined, words);
    assertStringIncludes(error.message, words);
    assertStringIncludes(error.message, place.replace(/ .*/, ""));
    assertEquals(error.path, place);
    assert((error.hint ?? "") !== "");
  }
  assertEquals(bench.kernel.called, 0);
});

Deno.test("app() takes undefined for an argument, in containers too, and a default stands in for it", async () => {
  await using _lab = await openLab();
  const show = app((a: unknown, b: unknown = "default") => [a, b, typeof a]);
  assertEquals(await show(undefined, undefined), [undefined, "default", "undefined"]);
  assertEquals(await show({ a: undefined }), [{ a: undefined }, "default", "object"]);
});

Deno.test("app() names the free variable, its line, where the app was made and the ways out", () => {
  const threshold = 5;
  const other = 6;
  const error = assertThrows(
    () =>
      app((x: number) => {
        const y = x + 1;
        return y > threshold + other;
      }),
    ShipError,
  );
  assertMatch(
    error.message,
    /^Cannot ship a function: it uses `threshold`, which is neither its parameter, nor its local, nor a global \(line 3 of the function, app made at file:.*function_app_test\.ts:\d+\); and `other` \(line 3\)/,
  );
  assertEquals([error.place.variable, error.place.line], ["threshold", 3]);
  for (const way of ["argument", "import", "module"]) assertStringIncludes(error.hint ?? "", way);
});

Deno.test("app() of a module runs its export, and says what is wrong with the module or the name", async () => {
  await using _lab = await openLab();
  assertEquals(await app<[number], number>(SIZE, "triple")(4), 12);
  const missing = await failure(app(SIZE, "tripel")(4), RemoteError);
  assertMatch(missing.message, /Cannot run "tripel" of file:.*tasks\.ts: it exports describe, triple|triple, describe/);
  const nowhere = await failure(app(`${SIZE}x`, "triple")(4), RemoteError);
  assertStringIncludes(nowhere.message, "tasks.tsx");
  for (const url of ["./tasks.ts", "tasks.ts", "", "/tasks.ts"]) {
    const error = assertThrows(() => app(url, "triple"), ConfigError, `Cannot make an app of module "${url}"`);
    assertStringIncludes(error.hint ?? "", `import.meta.resolve("${url}")`);
  }
  for (const name of [undefined, "", 5] as unknown as string[]) {
    assertThrows(() => app(SIZE, name), ConfigError, "name the export as the second argument");
  }
});

Deno.test("apps() has an app for each function of a module, with its types, and never loads it here", async () => {
  await using _lab = await openLab();
  const tasks = apps(
    (): Promise<typeof import("../../parsl/fixtures/tasks.ts")> => {
      throw new Error("it was loaded");
    },
    SIZE,
    { retries: 3 },
  );
  const nine: number = await tasks.triple(tasks.triple(1));
  assertEquals([nine, tasks.triple.appName], [9, "triple"]);
  assertEquals(await tasks.describe({ label: "one" }), "one in object");
  // @ts-expect-error a text is no number
  assertEquals(await tasks.triple("a"), NaN);
  assert(tasks.triple === tasks.triple);
  assertEquals(tasks.triple.with({ name: "other" }).appName, "other");
});

Deno.test("apps() refuses a wrong URL and wrong options at once, and is no promise, text or JSON by accident", async () => {
  using bench = openBench();
  const load = (): Promise<object> => Promise.resolve({});
  const error = assertThrows(() => apps(load, "./tasks.ts"), ConfigError, "it is no absolute URL");
  assertStringIncludes(error.hint ?? "", 'apps(() => import("./tasks.ts"), import.meta.resolve("./tasks.ts"))');
  assertThrows(() => apps(load, SIZE, { retries: -1 }), ConfigError, 'Cannot use option "retries"');
  const tasks = apps(load, SIZE);
  assertEquals([await tasks, String(tasks), JSON.stringify(tasks)].length, 3);
  assertEquals([String(tasks), JSON.stringify(tasks), "triple" in tasks], ["[object Object]", "{}", false]);
  assertEquals(bench.kernel.called, 0);
});

Deno.test("app() is given a file that came in the value of a future, and its content counts for the cache", async () => {
  await using lab = await openLab();
  const write = bash((text: string, to: OutputFile) => sh`printf %s ${text} > ${to}`);
  const path = lab.path("a.txt");
  const read = app(async (f: { readonly path: string }) => await Deno.readTextFile(f.path), { cache: true });
  const readOne = app(async (f: readonly { readonly path: string }[]) => await Deno.readTextFile(f[0]?.path ?? ""), {
    cache: true,
  });
  const one = join((text: string) => write(text, output(path)).outputs.slice(0, 1));
  for (const text of ["first", "second"]) {
    assertEquals(await read(one(text).get(0)), text);
    assertEquals(await readOne(one(text)), text);
  }
});

Deno.test("app() is a value like any other: no prototype, a name, and nothing is called by making it", () => {
  using bench = openBench();
  const fit = app(function scale(x: number): number {
    return 2 * x;
  });
  assertEquals([fit.appName, typeof fit, bench.kernel.called], ["scale", "function", 0]);
  assertFalse("then" in fit);
});
