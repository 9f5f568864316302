import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { z } from "zod";
import {
  app,
  AUTO,
  bash,
  BashError,
  DependencyError,
  file,
  type Hole,
  type InputFile,
  join,
  MissingOutputsError,
  output,
  type OutputFile,
  ResultError,
  Sh,
  sh,
  TemplateError,
} from "../../../mod.ts";
import { exists, failure, openLab } from "../../parsl/helpers.ts";
import { openBench } from "../graph/fake_executor.ts";

const say = bash((a: string, more: readonly string[]) => sh`printf '[%s]' ${a} ${more}`, { name: "say" }).text();
const word = app((text: string) => text);

Deno.test("bash() renders at the call: what cannot stand in a script is told there, and nothing is submitted", () => {
  using bench = openBench();
  // Types refuse all of these: they come from scripts that are not checked.
  const wrong: readonly (readonly [value: unknown, words: string])[] = [
    [undefined, "it is undefined"],
    [null, "it is null"],
    [true, "it is true"],
    [NaN, "it is NaN"],
    [{ a: 1 }, "it is an object"],
    [new Map(), "it is an object of class Map"],
    ["a\0b", "NUL byte"],
    ["\ud800", "half of a surrogate pair"],
    [() => 1, "it is a function"],
    [Symbol("s"), "it is a symbol"],
    [new Date(0), "it is a Date"],
    [Promise.resolve("a"), "it is a promise"],
    [[["a"]], "it is a list in a list"],
  ];
  for (const [value, words] of wrong) {
    const one = bash((x: unknown) => sh`echo ${x as string}`);
    const error = assertThrows(() => one(value), TemplateError, "expression 1 of 1: ");
    assertStringIncludes(error.message, words);
    assert((error.hint ?? "") !== "");
  }
  assertEquals([bench.kernel.called, bench.executor.submitted.length], [0, 0]);
});

Deno.test("bash() throws what its body throws, and refuses what is no piece of shell, at the call", () => {
  using bench = openBench();
  const thrown = new RangeError("too many");
  const breaks = bash((): Sh => {
    throw thrown;
  });
  assertEquals(assertThrows(() => breaks(), RangeError), thrown);
  for (const returned of ["echo", undefined, Promise.resolve(sh`echo`), ["echo"]]) {
    // Types refuse it.
    const wrong = bash(() => returned as unknown as Sh);
    assertStringIncludes(assertThrows(() => wrong(), TypeError).message, "must return a piece of shell made by sh`…`");
  }
  assertEquals(bench.kernel.called, 0);
});

Deno.test("bash() refuses what is no template and no function", () => {
  const loose = bash as unknown as (...args: unknown[]) => unknown;
  for (const args of [["echo"], [], [sh`echo`], [{}], [["echo"]]]) {
    assertStringIncludes(
      assertThrows(() => loose(...args), TypeError).message,
      "Cannot make a bash app: write bash`…`",
    );
  }
});

Deno.test("bash() calls its body only when the futures among the arguments are there, with their values", async () => {
  await using _lab = await openLab();
  const seen: unknown[] = [];
  const late = bash((x: { readonly n: number }, list: readonly string[]) => {
    seen.push([x, list]);
    return sh`printf '%s,' ${x.n + 1} ${list.map((s) => s.toUpperCase())}`;
  }).text();
  const future = late({ n: app((n: number) => n)(41) }, [word("a"), "b c"]);
  assertEquals([seen.length, future.state], [0, "pending"]);
  assertEquals(await future, "42,A,B C,");
  assertEquals(seen, [[{ n: 41 }, ["a", "b c"]]]);
});

Deno.test("bash() whose body waited fails its task with what the body throws, and runs nothing", async () => {
  await using lab = await openLab();
  const late = bash((x: string) => {
    if (x === "throw") throw new RangeError("late");
    return x === "hole" ? sh`touch ${lab.path("ran")} ${undefined as unknown as string}` : "no" as unknown as Sh;
  }, { retries: 2 });
  assertStringIncludes((await failure(late(word("throw")), RangeError)).message, "late");
  assertStringIncludes((await failure(late(word("hole")), TemplateError)).message, "it is undefined");
  const future = late(word("none"));
  assertStringIncludes((await failure(future, TypeError)).message, "must return a piece of shell");
  assertEquals([future.tries, await exists(lab.path("ran"))], [0, false]);
});

Deno.test("bash() waits for holes that are futures, alone, in lists and in pieces in pieces", async () => {
  await using _lab = await openLab();
  const nasty = "it's; $(exit 3) \"`*\n";
  const inner = sh`${word("x")} ${[word(nasty), "plain", word("")]}`;
  const fixed = bash(() => sh`printf '[%s]' ${inner} "${word("q q")}" ${word("end")}`).text();
  assertEquals(await fixed(), `[x][${nasty}][plain][][q q][end]`);
  const lists = app(() => ["a", "b c"]);
  assertEquals(await bash(() => sh`printf '[%s]' ${lists()}`).text()(), "[a][b c]");
  assertEquals(await say(word("1"), [word("2"), "3"]), "[1][2][3]");
});

Deno.test("bash() waits again when its body, called late, puts futures into the script", async () => {
  await using _lab = await openLab();
  const twice = bash((x: string) => sh`printf '[%s]' ${word(`${x}1`)} ${[word(`${x}2`), word(x)]}`).text();
  assertEquals(await twice(word("a")), "[a1][a2][a]");
  const fails = bash((x: string) => sh`echo ${word(x)} ${bash`exit 3`.text()()}`, { name: "fails" });
  const error = await failure(fails(word("a")), DependencyError);
  assert(error.cause instanceof BashError);
});

Deno.test("bash() fails a task whose hole turns out to be no text, with words, and does not run it", async () => {
  await using _lab = await openLab();
  const object = app(() => ({}))();
  // Types refuse it.
  const future = bash(() => sh`echo ${object as unknown as string}`)();
  assertStringIncludes((await failure(future, TemplateError)).message, "it is an object");
  assertEquals(future.tries, 0);
});

Deno.test("bash() takes the files of other tasks in holes, in lists and from joins, and waits for them", async () => {
  await using lab = await openLab();
  const write = bash((text: string, to: OutputFile) => sh`sleep 0.02; printf %s ${text} > ${to}`);
  const made = ["a b", "c", "d'"].map((name) => write(name, output(lab.path(name))).outputs[0]);
  const files = made.filter((future) => future !== undefined);
  assertEquals(files.length, 3);
  assertEquals(await bash(() => sh`cat ${files}`).text()(), "a bcd'");
  assertEquals(await bash((list: readonly InputFile[]) => sh`cat ${list}`).text()(files), "a bcd'");
  const last = join(() => write("later", output(lab.path("e"))).outputs);
  assertEquals(await bash((list: readonly InputFile[]) => sh`cat ${list}`).text()(last()), "later");
  assertEquals(await bash(() => sh`cat ${last().get(0)}`).text()(), "later");
});

Deno.test("bash() treats the files of a body that waited like those of one that did not", async () => {
  await using lab = await openLab();
  const touch = bash((name: string) => sh`echo ${name} > ${output(lab.path(`new/${name}/out`))}`);
  const [now, late] = [touch("now"), touch(word("late"))];
  assertEquals([now.outputs.length, late.outputs.length], [1, 0]);
  await late;
  assertEquals(late.outputs.map((o) => o.path), [lab.path("new/late/out")]);
  const forgets = bash((name: string) => sh`true ${output(lab.path(name))}`);
  for (const name of ["m1", word("m2")]) await failure(forgets(name), MissingOutputsError);
  const read = bash((f: string) => sh`cat ${file(lab.path(f))}`, { cache: true }).text();
  for (const text of ["first", "second"]) {
    await Deno.writeTextFile(lab.path("in"), text);
    assertEquals([await read("in"), await read(word("in"))], [text, text]);
  }
  assertEquals((await lab.wf.summary()).memoized, 2);
});

Deno.test("bash() takes the content of a file in the value of a future into account for its cache", async () => {
  await using lab = await openLab();
  const path = lab.path("a");
  const write = bash((text: string, to: OutputFile) => sh`printf %s ${text} > ${to}`);
  const one = join((text: string) => write(text, output(path)).outputs[0] ?? []);
  for (const text of ["first", "second"]) {
    const made = one(text);
    // The type of a join that gives one or none is that of both.
    const hole = made as unknown as Hole;
    assertEquals(await bash(() => sh`cat ${hole}`, { cache: true, name: "hole" }).text()(), text);
  }
});

Deno.test("bash`…` is an app without arguments, named by its variable or its first word", async () => {
  await using _lab = await openLab();
  const hello = bash`printf hello`;
  const { stdout, stderr, exitCode } = await hello();
  assertEquals([stdout, stderr, exitCode, hello.appName], ["hello", "", 0, "hello"]);
  assertEquals([bash`/usr/bin/env true`.appName, bash`# say\nls -l`.appName], ["env", "ls"]);
  const piece = word("late");
  assertEquals(await bash`printf %s ${piece}`.text()(), "late");
});

Deno.test("bash().text(), lines() and json() read stdout, and copies leave each other alone", async () => {
  await using _lab = await openLab();
  const print = bash((text: string) => sh`printf %s ${text}`, { name: "print" });
  const cases: readonly (readonly [stdout: string, text: string, lines: readonly string[]])[] = [
    ["", "", []],
    ["\n", "", [""]],
    ["a\nb", "a\nb", ["a", "b"]],
    ["a\n\nb\n\n", "a\n\nb", ["a", "", "b", ""]],
    [" a \r\n", " a \r", [" a \r"]],
    ["é∑\n", "é∑", ["é∑"]],
  ];
  for (const [stdout, text, lines] of cases) {
    assertEquals([await print.text()(stdout), await print.lines()(stdout)], [text, [...lines]]);
    assertEquals((await print(stdout)).stdout, stdout);
  }
  assertEquals(await print.json()('{"a": [1, null]}\n'), { a: [1, null] });
  assertEquals(print.text().with({ name: "other" }).lines().appName, "other");
  assertEquals(await print.text().with({ env: {} }).json()("5"), 5);
});

Deno.test("bash().json() fails with the text when it is no JSON, and with the path when it does not fit", async () => {
  await using _lab = await openLab();
  const print = bash((text: string) => sh`printf %s ${text}`, { name: "print" });
  for (const text of ["{a", "", "1 2", "undefined", "x".repeat(5000)]) {
    const error = await failure(print.json()(text), ResultError);
    assertMatch(error.message, /^Cannot finish task t\d+ "print": its stdout is no JSON: /);
    assertStringIncludes(error.message, text.slice(0, 200));
    assert(error.message.length < 600, "the text is cut");
    assert(error.cause instanceof SyntaxError);
  }
  const typed = print.json(z.object({ n: z.coerce.number() }));
  const given: { readonly n: number } = await typed('{"n": "5"}');
  assertEquals(given, { n: 5 });
  const error = await failure(typed('{"n": {}}'), ResultError);
  assertMatch(error.message, /its stdout does not fit the schema: n: /);
  // Types refuse it.
  assertThrows(() => print.json(5 as unknown as z.ZodNumber), Error, 'Cannot check the JSON of app "print"');
});

Deno.test("bash() is strict unless it says otherwise: unset variables, failing commands and pipelines", async () => {
  await using _lab = await openLab();
  const scripts = [sh`false; echo on`, sh`false | cat; echo on`, sh`echo "$NOT_SET_ANYWHERE"on`];
  for (const script of scripts) {
    const each = bash(() => script).text();
    await failure(each(), BashError);
    assertEquals(await each.with({ strict: false })(), "on");
  }
  await using _loose = await openLab({ strict: false });
  const first = bash(() => sh`false; echo on`).text();
  assertEquals(await first(), "on");
  await failure(first.with({ strict: true })(), BashError);
});

Deno.test("bash() with env and cwd: data that no shell reads, a directory that must be there", async () => {
  await using lab = await openLab();
  const nasty = "$(touch x) `a` \" ' \n ;é";
  const show = bash(() => sh`printf '%s|%s' "$NASTY" "\${EMPTY-unset}"; [[ $PWD == ${lab.dir} ]]`).text();
  assertEquals(await show.with({ env: { NASTY: nasty, EMPTY: "" }, cwd: lab.dir })(), `${nasty}|`);
  assertEquals(await bash(() => sh`printf %s "\${NASTY-unset}"`).text()(), "unset");
  const lost = bash(() => sh`echo here`, { cwd: lab.path("none") });
  const error = await failure(lost(), Error);
  assertStringIncludes(error.message, lab.path("none"));
  const relative = bash((to: OutputFile) => sh`pwd > ${to}`, { cwd: lab.dir });
  const future = relative(output("sub/where"));
  assertEquals((await future).exitCode, 0);
  assertEquals((await Deno.readTextFile(lab.path("sub/where"))).trim(), await Deno.realPath(lab.dir));
});

Deno.test("bash() with AUTO and text() reads back what this try wrote, and nothing of another", async () => {
  await using _lab = await openLab();
  const both = bash((x: string) => sh`echo ${x}; echo err >&2`, { stdout: AUTO, stderr: AUTO });
  const [a, b] = [both.text()("a"), both.lines()("b")];
  assertEquals([await a, await b], ["a", ["b"]]);
  assert(a.stdout !== b.stdout && a.stdout !== a.stderr);
  assertEquals((await Deno.readTextFile(a.stderr ?? "")).trim(), "err");
});
