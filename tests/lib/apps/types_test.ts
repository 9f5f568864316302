import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import {
  type App,
  app,
  asCompleted,
  bash,
  type BashApp,
  type BashResult,
  type DataFuture,
  type Ended,
  gather,
  type Given,
  type InputFile,
  join,
  type Joined,
  map,
  output,
  type OutputFile,
  sh,
  type TaskFuture,
} from "../../../mod.ts";
import { openLab } from "../../parsl/helpers.ts";
import { openBench } from "../graph/fake_executor.ts";

/** True exactly when both are the same type; `any` is only the same as `any`. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Does not compile unless what is given for the type is true. */
function holds<T extends true>(yes: T = true as T): void {
  assert(yes);
}

const add = app((a: number, b: number) => a + b);
const square = app((x: number) => x * x);
const text = app((x: number) => String(x));

Deno.test("App has the type of its function: the value, however it comes, and nothing else", () => {
  holds<Same<typeof add, App<[a: number, b: number], number>>>();
  holds<Same<ReturnType<typeof add>, TaskFuture<number>>>();
  holds<Same<ReturnType<typeof text>, TaskFuture<string>>>();
  const later = app(async (n: number): Promise<{ readonly n: number }> => await Promise.resolve({ n }));
  holds<Same<ReturnType<typeof later>, TaskFuture<{ readonly n: number }>>>();
  const nothing = app((): void => {});
  holds<Same<ReturnType<typeof nothing>, TaskFuture<void>>>();
  const optional = app((a: number, b?: string) => [a, b ?? ""] as const);
  holds<Same<ReturnType<typeof optional>, TaskFuture<readonly [number, string]>>>();
  holds<Same<typeof add.with, (options: Parameters<typeof add.with>[0]) => typeof add>>();
});

Deno.test("App takes its parameters or futures of them, and no other type compiles", () => {
  using bench = openBench();
  add(square(2), 3);
  add(1, add(square(2), square(3)));
  app((a: number, b?: string) => [a, b])(square(1));
  app((...all: number[]) => all.length)(1, square(2), 3);
  assertEquals(bench.kernel.called, 10);
  const compiles: readonly (() => unknown)[] = [
    // @ts-expect-error a text is no number
    () => add("a", 1),
    // @ts-expect-error a future of a text is no number
    () => add(text(1), 1),
    // @ts-expect-error one is missing
    () => add(1),
    // @ts-expect-error one too many
    () => add(1, 2, 3),
    // @ts-expect-error undefined is no number
    () => add(undefined, 1),
    // @ts-expect-error a promise is no future
    () => add(Promise.resolve(1), 1),
    // @ts-expect-error a number is no list
    () => app((list: readonly number[]) => list.length)(square(1)),
    // @ts-expect-error there is no such option
    () => add.with({ wallTime: 5 }),
    // @ts-expect-error a walltime has a unit
    () => add.with({ walltime: "5" }),
  ];
  assertEquals(compiles.length, 9);
});

Deno.test("Given takes futures nested in arrays, tuples, objects, Maps and Sets, and refuses them of another type", async () => {
  await using _lab = await openLab();
  const [one, two, a] = [square(1), add(1, 1), text(1)];
  const sum = app((list: readonly number[]) => list.reduce((x, y) => x + y, 0));
  assertEquals(await sum([one, 5, two]), 8);
  const pair = app((both: readonly [number, string]) => both[1].repeat(both[0]));
  assertEquals(await pair([two, a]), "11");
  const deep = app((o: { readonly x: { readonly list: readonly { readonly n: number }[] }; readonly s?: string }) =>
    o.x.list.map(({ n }) => n)
  );
  assertEquals(await deep({ x: { list: [{ n: one }, { n: 7 }] }, s: a }), [1, 7]);
  const keyed = app((m: ReadonlyMap<string, number>) => [...m]);
  assertEquals(await keyed(new Map([["k", one], ["l", two]])), [["k", 1], ["l", 2]]);
  assertEquals(await keyed(new Map([[a, one]])), [["1", 1]]);
  const members = app((s: ReadonlySet<number>) => [...s]);
  assertEquals(await members(new Set([one, two])), [1, 2]);
  const mutable = app((m: Map<string, number[]>, s: Set<number>) => m.size + s.size);
  assertEquals(await mutable(new Map([["k", [one, 2]]]), new Set([one])), 2);
  const made = app(() => ({ x: { list: [{ n: 3 }] } }));
  assertEquals(await deep(made()), [3]);
  const wrong: readonly (() => unknown)[] = [
    // @ts-expect-error a future of a text in a list of numbers
    () => sum([one, a]),
    // @ts-expect-error the other way round
    () => pair([a, two]),
    // @ts-expect-error a text deep inside
    () => deep({ x: { list: [{ n: a }] } }),
    // @ts-expect-error a key that there is not
    () => deep({ x: { list: [], more: 1 } }),
    // @ts-expect-error values of the wrong type
    () => keyed(new Map([["k", a]])),
    // @ts-expect-error members of the wrong type
    () => members(new Set([a])),
  ];
  assertEquals(wrong.length, 6);
  holds<Same<Given<Date>, Date | Extract<Given<Date>, PromiseLike<Date>>>>();
});

Deno.test("TaskFuture is covariant, no Promise, and narrows where it is awaited", async () => {
  await using _lab = await openLab();
  const narrow: TaskFuture<number> = square(3);
  const wide: TaskFuture<number | string> = narrow;
  const unknown: TaskFuture<unknown> = wide;
  assertEquals([await wide, await unknown], [9, 9]);
  // @ts-expect-error not every number or text is a number
  const back: TaskFuture<number> = wide;
  assert(back === narrow && !(narrow as unknown instanceof Promise));
  const value = await narrow;
  holds<Same<typeof value, number>>();
  holds<Same<Awaited<typeof narrow>, number>>();
  const all = await Promise.all([narrow, text(1)]);
  holds<Same<typeof all, [number, string]>>();
});

Deno.test("get() has the type of the member", () => {
  using bench = openBench();
  const make = app(() => ({ n: 1, list: ["a"], pair: [1, "b"] as [number, string], map: new Map([["k", 2]]) }));
  const made = make();
  const [n, first, second, entry] = [made.get("n"), made.get("list").get(0), made.get("pair").get(1), made.get("map")];
  holds<Same<typeof n, TaskFuture<number>>>();
  holds<Same<typeof first, TaskFuture<string>>>();
  holds<Same<typeof second, TaskFuture<string>>>();
  const inMap = entry.get("k");
  holds<Same<typeof inMap, TaskFuture<number>>>();
  // @ts-expect-error there is no such member
  made.get("m");
  assertEquals(bench.kernel.called, 9);
});

Deno.test("asCompleted() gives futures that are over: id, state and value, and none that a loop would await", async () => {
  await using _lab = await openLab();
  const seen: number[] = [];
  for await (const done of asCompleted([square(2), square(3)])) {
    holds<Same<typeof done, Ended<number>>>();
    const id: number = done.id;
    const value: number = done.value;
    // @ts-expect-error it cannot be awaited twice
    assert(typeof done.then === "function");
    assert(id > 0 && done.state === "done" && done.error === undefined);
    seen.push(value);
  }
  assertEquals(seen.sort((a, b) => a - b), [4, 9]);
});

Deno.test("gather() gives the same shape with values in it", async () => {
  await using _lab = await openLab();
  const list = await gather([square(1), square(2)]);
  holds<Same<typeof list, number[]>>();
  const tuple = await gather([square(1), text(2), 5] as const);
  holds<Same<typeof tuple, [number, string, 5]>>();
  const object = await gather({ a: square(1), deep: { b: [text(2)] }, m: new Map([["k", square(3)]]) });
  holds<Same<typeof object, { a: number; deep: { b: string[] }; m: Map<string, number> }>>();
  assertEquals([list, [...tuple], object.deep.b], [[1, 4], [1, "2", 5], ["2"]]);
});

Deno.test("join() has the type of what its body's futures give", async () => {
  await using _lab = await openLab();
  const one = join((n: number) => square(n));
  holds<Same<typeof one, App<[n: number], number>>>();
  const many = join(async (n: number) => await Promise.resolve({ list: [square(n)], label: "x", t: text(n) }));
  holds<Same<ReturnType<typeof many>, TaskFuture<{ list: number[]; label: string; t: string }>>>();
  assertEquals(await many(square(2)), { list: [16], label: "x", t: "4" });
  holds<Same<Joined<readonly [TaskFuture<number>, Set<TaskFuture<string>>]>, [number, Set<string>]>>();
  // @ts-expect-error a text is no number
  const wrong = (): unknown => one("a");
  assert(typeof wrong === "function");
});

Deno.test("bash() has the type of how it is read", () => {
  const print = bash((s: string, _n: number, _to?: OutputFile) => sh`printf %s ${s}`);
  holds<Same<typeof print, BashApp<[s: string, _n: number, _to?: OutputFile], BashResult>>>();
  const json = print.json(z.object({ n: z.number() }));
  holds<Same<ReturnType<typeof json>, TaskFuture<{ n: number }>>>();
  const [asText, asLines, asUnknown] = [print.text(), print.lines(), print.json()];
  holds<Same<ReturnType<typeof asText>, TaskFuture<string>>>();
  holds<Same<ReturnType<typeof asLines>, TaskFuture<string[]>>>();
  holds<Same<ReturnType<typeof asUnknown>, TaskFuture<unknown>>>();
  const wrong: readonly (() => unknown)[] = [
    // @ts-expect-error a number is no text
    () => print(1, 1),
    // @ts-expect-error an undefined value cannot stand in a script
    () => bash((s: string | undefined) => sh`echo ${s}`),
    // @ts-expect-error neither can a boolean
    () => bash((on: boolean) => sh`echo ${on}`),
    // @ts-expect-error nor an object
    () => bash((o: { readonly a: number }) => sh`echo ${o}`),
    // @ts-expect-error nor a future of one
    () => bash(() => sh`echo ${app(() => ({ a: 1 }))()}`),
    // @ts-expect-error nor a promise
    () => bash(() => sh`echo ${Promise.resolve("a")}`),
    // @ts-expect-error a body returns a piece of shell
    () => bash(() => "echo"),
    // @ts-expect-error and not the promise of one
    () => bash(async () => await Promise.resolve(sh`echo`)),
  ];
  assertEquals(wrong.length, 8);
});

Deno.test("app() with schemas has their types, with either of them or both", () => {
  const args = z.tuple([z.object({ n: z.number() })]);
  const both = app({ args, returns: z.string() }, ({ n }) => String(n));
  holds<Same<typeof both, App<[{ n: number }], string>>>();
  const first = app({ args }, ({ n }) => n > 1);
  holds<Same<typeof first, App<[{ n: number }], boolean>>>();
  const later = app({ args }, async ({ n }) => await Promise.resolve([n]));
  holds<Same<ReturnType<typeof later>, TaskFuture<number[]>>>();
  const last = app({ returns: z.array(z.number()) }, (n: number) => [n]);
  holds<Same<ReturnType<typeof last>, TaskFuture<number[]>>>();
  const wrong: readonly (() => unknown)[] = [
    // @ts-expect-error the schema says what comes in
    () => both({ n: "1" }),
    // @ts-expect-error the function must return what the schema says
    () => app({ args, returns: z.string() }, ({ n }) => n),
    // @ts-expect-error a function may not ask for what the schema does not give
    () => app({ args }, (s: string) => s),
    // @ts-expect-error there is no such schema
    () => app({ arg: args }, (n: number) => n),
  ];
  assertEquals(wrong.length, 4);
});

Deno.test("outputs are futures of files, and go where files go", async () => {
  await using lab = await openLab();
  const write = bash((to: OutputFile) => sh`printf x > ${to}`);
  const [made] = write(output(lab.path("a"))).outputs;
  assert(made !== undefined);
  holds<Same<typeof made, DataFuture>>();
  const read = bash((from: InputFile) => sh`cat ${from}`).text();
  assertEquals(await read(made), "x");
  const found: InputFile = await made;
  assertEquals(found.path, lab.path("a"));
});

Deno.test("map() takes an app of one argument and gives its values", async () => {
  await using _lab = await openLab();
  const values: number[] = [];
  for await (const value of map(square, [1, 2, 3])) values.push(value);
  assertEquals(values, [1, 4, 9]);
  // @ts-expect-error texts are no numbers
  const wrong = (): unknown => map(square, ["a"]);
  // @ts-expect-error it has two arguments
  const two = (): unknown => map(add, [1]);
  assert(typeof wrong === typeof two);
});
