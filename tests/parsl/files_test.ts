import { assert, assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  bash,
  DataFuture,
  DependencyError,
  file,
  gather,
  InputFile,
  MissingOutputsError,
  output,
  type OutputFile,
  RemoteError,
  sh,
  UnsupportedError,
} from "../../mod.ts";
import { exists, failure, linesOf, openLab } from "./helpers.ts";

const write = app(async (out: { readonly path: string }, text: string) => {
  await new Promise<void>((resolve) => setTimeout(resolve, 30));
  await Deno.writeTextFile(out.path, text);
  return text.length;
}, { name: "write" });

Deno.test("T21 a task and its output are two futures: the result, and the file it wrote", async () => {
  await using lab = await openLab();
  const future = write(output(lab.path("out.txt")), "content");
  assertEquals(future.outputs.length, 1);
  const data = future.outputs[0];
  assert(data instanceof DataFuture);
  assertEquals([data.id, data.filename, data.path], [future.id, "out.txt", lab.path("out.txt")]);
  const made = await data;
  assert(made instanceof InputFile);
  assertEquals([made.filename, await linesOf(made.path)], ["out.txt", ["content"]]);
  assertEquals([await future, data.state], [7, "done"]);
});

Deno.test("T21 a DataFuture of a task that waits for another comes after both", async () => {
  await using lab = await openLab();
  const first = write(output(lab.path("first")), "1");
  const copy = bash((from: InputFile, to: OutputFile) => sh`cat ${from} ${from} > ${to}`);
  const second = copy(first.outputs[0]!, output(lab.path("second")));
  assertEquals([second.state, await exists(lab.path("first"))], ["pending", false]);
  assertEquals(await linesOf((await second.outputs[0]!).path), ["11"]);
});

Deno.test("T21 the outputs of a task that fails fail with it, and so does what needs them", async () => {
  await using lab = await openLab();
  const bad = app((_out: { readonly path: string }): number => {
    throw new RangeError("nothing written");
  })(output(lab.path("never")));
  const error = await failure(bad.outputs[0]!, RemoteError);
  assertStrictEquals(error, bad.error);
  const later = bash((from: InputFile) => sh`cat ${from}`)(bad.outputs[0]!);
  assertEquals((await failure(later, DependencyError)).path, ["t1"]);
});

Deno.test("T22 n tasks write n files", async () => {
  await using lab = await openLab();
  const futures = Array.from({ length: 12 }, (_, i) => write(output(lab.path(`${i}.txt`)), `file ${i}`));
  const files = await gather(futures.map((f) => f.outputs[0]!));
  for (const [i, made] of files.entries()) assertEquals(await linesOf(made.path), [`file ${i}`]);
});

Deno.test("T22 outputs given as an option count like those among the arguments, and come after them", async () => {
  await using lab = await openLab();
  const both = bash((out: OutputFile, other: string) => sh`echo 1 > ${out}; echo 2 > ${other}`, {
    outputs: [output(lab.path("b"))],
  });
  const future = both(output(lab.path("a")), lab.path("b"));
  assertEquals(future.outputs.map((o) => o.filename), ["a", "b"]);
  assertEquals((await gather(future.outputs)).map((made) => made.filename), ["a", "b"]);
});

for (
  const [kind, forget] of [
    ["bash", bash((_out: OutputFile) => sh`true`, { name: "forget" })],
    ["function", app((_out: { readonly path: string }) => 1, { name: "forget" })],
  ] as const
) {
  Deno.test(`T22 a ${kind} app that ends well without writing an output fails, and names the file`, async () => {
    await using lab = await openLab();
    const future = forget(output(lab.path("nowhere")));
    const error = await failure<MissingOutputsError>(future, MissingOutputsError);
    assertEquals([error.missing, error.app, future.state], [[lab.path("nowhere")], "forget", "failed"]);
  });
}

Deno.test("T42 a pipeline of five through files: each starts when the one before has written", async () => {
  await using lab = await openLab();
  const increment = bash((from: InputFile, to: OutputFile) => sh`x=$(cat ${from}); echo $(( x + 1 )) > ${to}`);
  await Deno.writeTextFile(lab.path("0"), "0\n");
  const given = file(lab.path("0"));
  const stages = [increment(given, output(lab.path("1")))];
  for (let k = 2; k <= 5; k++) stages.push(increment(stages.at(-1)!.outputs[0]!, output(lab.path(`${k}`))));
  for (const [i, stage] of stages.entries()) {
    assertEquals(await linesOf((await stage.outputs[0]!).path), [`${i + 1}`]);
  }
  assertEquals([given.path, given.given], [lab.path("0"), lab.path("0")], "the script's own file is as it was");
});

Deno.test("T42 files of function apps and bash apps mix", async () => {
  await using lab = await openLab();
  const sort = bash((from: InputFile, to: OutputFile) => sh`sort ${from} > ${to}`);
  const read = app((from: { readonly path: string }) => Deno.readTextFile(from.path));
  const sorted = sort(write(output(lab.path("raw")), "b\na\n").outputs[0]!, output(lab.path("sorted")));
  assertEquals(await read(sorted.outputs[0]!), "a\nb\n");
});

Deno.test("T43 the name of a file that is passed on is not touched", async () => {
  await using lab = await openLab();
  const touch = bash((out: OutputFile) => sh`touch ${out}`);
  const show = bash((from: InputFile) => sh`printf %s ${from}`).text();
  const seen = app((from: { readonly path: string }) => from.path);
  for (const name of ["plain", "with space", "it's", 'a"b', "$(echo no)", "über.dat", "a#b?c%20d", "new\nline", "-x"]) {
    const made = touch(output(lab.path(name))).outputs[0]!;
    assertEquals(await show(made), lab.path(name));
    assertEquals(await seen(made), lab.path(name));
    assertEquals([(await made).path, (await made).filename], [lab.path(name), name]);
  }
});

Deno.test("T43 a relative output is looked for where the task ran", async () => {
  await using lab = await openLab();
  await Deno.mkdir(lab.path("work"));
  const touch = bash((out: OutputFile) => sh`echo here > ${out}`, { cwd: lab.path("work") });
  const made = await touch(output("made.txt")).outputs[0]!;
  assertEquals([made.path, await linesOf(made.path)], [lab.path("work/made.txt"), ["here"]]);
});

Deno.test("T44 file() knows the scheme, the path and the last name of a path and a URL", () => {
  const cases: [given: string, scheme: string, path: string | undefined, filename: string][] = [
    ["file:///tmp/x%20y.txt", "file", "/tmp/x y.txt", "x y.txt"],
    ["/tmp/x%20y.txt", "file", "/tmp/x%20y.txt", "x%20y.txt"],
    ["./rel/x.txt", "file", "./rel/x.txt", "x.txt"],
    ["x.txt", "file", "x.txt", "x.txt"],
    ["http://host.example/a/b.txt?q=1", "http", undefined, "b.txt"],
    ["https://host.example/b.txt", "https", undefined, "b.txt"],
    ["ftp://host.example/b.txt", "ftp", undefined, "b.txt"],
    ["ftps://host.example/b.txt", "ftps", undefined, "b.txt"],
    ["weird+scheme://host/b.txt", "weird+scheme", undefined, "b.txt"],
    ["not:a/url", "file", "not:a/url", "url"],
    ["://x", "file", "://x", "x"],
  ];
  for (const [given, scheme, path, filename] of cases) {
    const made = file(given);
    assertEquals([made.given, made.scheme, made.filename], [given, scheme, filename]);
    if (path !== undefined) assertEquals([made.path, String(made)], [path, path]);
    else {
      const error = assertThrows(() => made.path, TypeError, "no local path");
      assertStringIncludes(error.message, given);
      assertEquals([String(made), made.url], [given, given]);
    }
  }
});

Deno.test("T44 file() takes a URL object, and its URL leads back to the same file", () => {
  const made = file(new URL("file:///tmp/a%20b"));
  assertEquals([made.path, made.url, file(made.url).path], ["/tmp/a b", "file:///tmp/a%20b", "/tmp/a b"]);
  assertEquals(file("/tmp/100%").url, "file:///tmp/100%25");
  for (const wrong of ["", "a\0b"]) assertThrows(() => file(wrong), TypeError, "Cannot make a file");
});

Deno.test("T44 a file that is not on this machine is refused where its path is needed", async () => {
  await using lab = await openLab();
  const count = bash((from: InputFile) => sh`wc -c < ${from}`);
  const error = assertThrows(() => count(file("https://host.example/data.csv")));
  assert(error instanceof Error);
  assertStringIncludes(error.message, "https://host.example/data.csv");
  for (const where of [{ inputs: [file("ftp://host/a")] }, { outputs: [output("ftp://host/a")] }]) {
    const refusal = assertThrows(() => bash`true`.with(where)(), UnsupportedError);
    assertStringIncludes(refusal.message, "ftp://host/a");
  }
  assertEquals(lab.wf.summary().tasks, 0);
});
