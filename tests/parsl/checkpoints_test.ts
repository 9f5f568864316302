import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { app, bash, CheckpointError, file, output, type OutputFile, RemoteError, sh } from "../../mod.ts";
import { errorOf, failure, linesOf, record, runIn, tempDir, until } from "./helpers.ts";

const uuid = app((_: unknown) => crypto.randomUUID(), { name: "uuid", cache: true });

Deno.test("T51 taskExit writes each result as its task ends", async () => {
  await using dir = await tempDir();
  await runIn(dir.path, {}, async (wf) => {
    const { events } = record(wf);
    const written = () => events.reduce((sum, e) => sum + (e.kind === "CheckpointWritten" ? e.records : 0), 0);
    for (let n = 1; n <= 5; n++) {
      await uuid(n);
      await until(`${n} records are told`, () => written() === n);
    }
    assertEquals(await wf.checkpoint(), 0, "nothing is held back");
  });
});

Deno.test("T51 what one run found the next one knows, for functions, scripts and files", async () => {
  await using dir = await tempDir();
  const log = `${dir.path}/log`;
  const script = bash((out: OutputFile) => sh`echo ran >> ${log}; echo made > ${out}; date +%N`, { cache: true })
    .text();
  const go = () =>
    Promise.all([uuid(1), uuid({ a: [1, new Map([["k", 2n]])] }), script(output(`${dir.path}/made`)), uuid([])]);
  const first = await runIn(dir.path, {}, go);
  const second = await runIn(dir.path, { resume: true }, go);
  assertEquals([second, await linesOf(log)], [first, ["ran"]]);
  const third = await runIn(dir.path, { resume: "last" }, go);
  assertEquals(third, first, "the second run has what it took from the first");
  assertNotEquals(await runIn(dir.path, {}, go), first, "without resume nothing is known");
});

Deno.test("T51 a task that failed runs again", async () => {
  await using dir = await tempDir();
  const mark = `${dir.path}/mark`;
  const flaky = app(async (path: string) => {
    if (!await Deno.stat(path).then(() => true, () => false)) throw new RangeError("not yet");
    return "well";
  }, { cache: true });
  await runIn(dir.path, {}, async () => void await failure(flaky(mark), RemoteError));
  await Deno.writeTextFile(mark, "");
  assertEquals(await runIn(dir.path, { resume: true }, async () => await flaky(mark)), "well");
});

Deno.test("T51 resume: true knows all runs before, resume: last only the newest", async () => {
  await using dir = await tempDir();
  const a = await runIn(dir.path, {}, async () => await uuid("a"));
  const b = await runIn(dir.path, {}, async () => await uuid("b"));
  // A copy of the runs for each look, because a look is a run too.
  await using other = await tempDir();
  await new Deno.Command("cp", { args: ["-r", `${dir.path}/runs`, `${other.path}/runs`] }).output();
  assertEquals(await runIn(dir.path, { resume: true }, () => Promise.all([uuid("a"), uuid("b")])), [a, b]);
  const last = await runIn(other.path, { resume: "last" }, () => Promise.all([uuid("a"), uuid("b")]));
  assertEquals([last[0] === a, last[1] === b], [false, true]);
});

Deno.test("T51 the last run is the one with the highest number, however many digits, and stray files are no runs", async () => {
  await using dir = await tempDir();
  const a = await runIn(dir.path, {}, async () => await uuid("a"));
  const runs = `${dir.path}/runs`;
  await Deno.rename(`${runs}/0001`, `${runs}/9999`);
  const b = await runIn(dir.path, {}, async (wf) => {
    assertEquals(wf.run, "10000");
    return await uuid("b");
  });
  await Deno.writeTextFile(`${runs}/notes.txt`, "20000");
  await Deno.mkdir(`${runs}/99999-old`);
  await Deno.mkdir(`${runs}/x20000`);
  const last = await runIn(dir.path, { resume: "last" }, async (wf) => {
    assertEquals(wf.run, "10001");
    return await Promise.all([uuid("a"), uuid("b")]);
  });
  assertEquals([last[0] === a, last[1] === b], [false, true]);
});

Deno.test("T51 manual writes when it is called, and only then", async () => {
  await using dir = await tempDir();
  const config = { checkpointMode: "manual" as const };
  const [kept, lost] = await runIn(dir.path, config, async (wf) => {
    const { events } = record(wf);
    const kept = await Promise.all([uuid(1), uuid(2)]);
    assertEquals(events.filter((e) => e.kind === "CheckpointWritten"), []);
    assertEquals([await wf.checkpoint(), await wf.checkpoint()], [2, 0]);
    return [kept, await uuid(3)];
  });
  const again = await runIn(dir.path, { ...config, resume: true }, () => Promise.all([uuid(1), uuid(2), uuid(3)]));
  assertEquals([again.slice(0, 2), again[2] === lost], [kept, false]);
});

Deno.test("T51 exit writes when the workflow closes", async () => {
  await using dir = await tempDir();
  const config = { checkpointMode: "exit" as const };
  const first = await runIn(dir.path, config, async (wf) => {
    const { events } = record(wf);
    const result = await uuid(1);
    await new Promise<void>((resolve) => setTimeout(resolve, 20));
    assertEquals(events.filter((e) => e.kind === "CheckpointWritten"), []);
    return result;
  });
  assertEquals(await runIn(dir.path, { ...config, resume: true }, async () => await uuid(1)), first);
});

Deno.test("T51 periodic writes while the workflow is open, again and again", async () => {
  await using dir = await tempDir();
  await runIn(dir.path, { checkpointMode: "periodic", checkpointPeriod: 0.1 }, async (wf) => {
    const { events } = record(wf);
    const written = () => events.filter((e) => e.kind === "CheckpointWritten").length;
    for (let n = 1; n <= 2; n++) {
      await uuid(n);
      await until(`it was written ${n} times`, () => written() === n);
    }
  });
});

Deno.test("T51 a run to resume can be named, by its directory or its file", async () => {
  await using dir = await tempDir();
  await using other = await tempDir();
  const [a, runDir] = await runIn(dir.path, {}, async (wf) => [await uuid("a"), wf.runDir ?? ""] as const);
  assertEquals(await runIn(other.path, { resume: runDir }, async () => await uuid("a")), a);
  const names = await Array.fromAsync(Deno.readDir(runDir));
  const journals = names.map((e) => e.name).filter((name) => name.endsWith(".sqlite"));
  assertEquals(journals.length, 1, Deno.inspect(journals));
  assertEquals(await runIn(other.path, { resume: `${runDir}/${journals[0]}` }, async () => await uuid("a")), a);
});

Deno.test("T51 a run to resume that is not there or not ours is an error at load, and is left as it was", async () => {
  await using dir = await tempDir();
  const nothing = () => Promise.resolve(0);
  const missing = await failure(runIn(dir.path, { resume: `${dir.path}/none` }, nothing), CheckpointError);
  assertStringIncludes(missing.message, `${dir.path}/none`);
  for (const [name, content] of [["empty", ""], ["text", "not a journal\n".repeat(100)]] as const) {
    const path = `${dir.path}/${name}`;
    await Deno.writeTextFile(path, content);
    const error = await failure(runIn(dir.path, { resume: path }, nothing), CheckpointError);
    assertEquals([error.file, await Deno.readTextFile(path)], [path, content]);
  }
  assertEquals(await runIn(dir.path, {}, async () => await app(() => 1)()), 1, "and the next one opens");
});

Deno.test("T51 a changed content of an input file runs again, the same content with another time does not", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/in`;
  const read = app(
    async (from: { readonly path: string }) => [await Deno.readTextFile(from.path), crypto.randomUUID()],
    {
      cache: true,
    },
  );
  const go = (resume: boolean) => runIn(dir.path, { resume }, async () => await read(file(path)));
  await Deno.writeTextFile(path, "one");
  const first = await go(false);
  await Deno.utime(path, 1, 1);
  assertEquals(await go(true), first);
  await Deno.writeTextFile(path, "two");
  assertEquals((await go(true))[0], "two");
  await Deno.writeTextFile(path, "one");
  assertEquals(await go(true), first);
});

Deno.test("T51 a result whose output file is gone or changed is made again", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/out`;
  const log = `${dir.path}/log`;
  const make = bash((out: OutputFile) => sh`echo ran >> ${log}; echo made > ${out}`, { cache: true });
  const go = () => runIn(dir.path, { resume: true }, async () => await make(output(path)).outputs[0]!);
  await go();
  await go();
  assertEquals((await linesOf(log)).length, 1);
  await Deno.remove(path);
  await go();
  assertEquals([(await linesOf(log)).length, await linesOf(path)], [2, ["made"]]);
  await Deno.writeTextFile(path, "spoilt\n");
  await go();
  assertEquals([(await linesOf(log)).length, await linesOf(path)], [3, ["made"]]);
});

Deno.test("T51 nothing is said of a run that resumes nothing, and errors name the mode that there is not", async () => {
  await using dir = await tempDir();
  assertEquals(await runIn(dir.path, { resume: true }, async () => await app(() => 1)()), 1);
  const error = await errorOf(runIn(dir.path, { checkpointMode: "task_exit" as "exit" }, () => Promise.resolve(0)));
  assert(error instanceof Error);
  assertStringIncludes(error.message, "taskExit");
});
