import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  AUTO,
  bash,
  BashError,
  ConfigError,
  file,
  output,
  type OutputFile,
  sh,
  TaskTimeoutError,
} from "../../mod.ts";
import { errorOf, exists, failure, linesOf, openLab } from "./helpers.ts";

const echo = bash((x: unknown, y: unknown, z: unknown = 10) => sh`echo ${String(x)} ${String(y)} ${String(z)}`, {
  name: "echo",
});

Deno.test("T34 a script gets its arguments and the defaults of its body", async () => {
  await using _lab = await openLab();
  const result = await echo(1, 4);
  assertEquals([result.exitCode, result.stdout, result.stderr], [0, "1 4 10\n", ""]);
});

Deno.test("T34 an option of one call leaves the app as it was", async () => {
  await using lab = await openLab();
  const toFile = echo.with({ stdout: { path: lab.path("a"), append: false } });
  const other = toFile.with({ stdout: { path: lab.path("b"), append: false } });
  await other(1, 2, 3);
  assertEquals((await echo(1, 2)).stdout, "1 2 10\n");
  assertEquals((await toFile(4, 5)).stdoutPath, lab.path("a"));
  assertEquals((await echo(7, 8, 9)).stdout, "7 8 9\n");
  assertEquals([await linesOf(lab.path("a")), await linesOf(lab.path("b"))], [["4 5 10"], ["1 2 3"]]);
});

Deno.test("T7 inputs given when a bash app is made count for each of its calls", async () => {
  await using lab = await openLab();
  const path = lab.path("before");
  const write = app(async (path: string) => {
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    await Deno.writeTextFile(path, "three");
  });
  const size = bash((path: string) => sh`wc -c < ${path}`, { inputs: [write(path)] }).text();
  assertEquals([await size(path), await size(path)], ["5", "5"]);
});

Deno.test("T23 a bash app may have an argument called like an option", async () => {
  await using _lab = await openLab();
  const named = bash((cache: number, stdout: string) => sh`echo ${cache} ${stdout}`).text();
  assertEquals(await named(7, "mine"), "7 mine");
});

Deno.test("T35 AUTO names the files of both streams by the task and its app", async () => {
  await using lab = await openLab();
  const both = bash(() => sh`echo out; echo err >&2`, { name: "my app/2", stdout: AUTO, stderr: AUTO });
  const future = both();
  const result = await future;
  assert(future.stdout !== undefined && future.stderr !== undefined);
  assert(future.stdout.startsWith(`${lab.wf.runDir}/task_logs/`), future.stdout);
  assert(/t1_my_app_2\.stdout$/.test(future.stdout), future.stdout);
  assert(/t1_my_app_2\.stderr$/.test(future.stderr), future.stderr);
  assertEquals([await linesOf(future.stdout), await linesOf(future.stderr)], [["out"], ["err"]]);
  assertEquals([result.stdoutPath, result.stdout], [future.stdout, ""]);
  assertEquals(await linesOf(`${lab.wf.runDir}/sluice.log`).then((all) => all.filter((l) => /error/i.test(l))), []);
});

Deno.test("T35 the paths of streams are known from the call on, also of a task that waits", async () => {
  await using lab = await openLab();
  const gate = bash(() => sh`while [ ! -e ${lab.path("gate")} ]; do sleep 0.01; done; echo 1`).text();
  const late = bash((x: string) => sh`echo ${x}`, { name: "late", stdout: AUTO, stderr: lab.path("err") })(gate());
  assertEquals(late.state, "pending");
  const { stdout, stderr } = late;
  await Deno.writeTextFile(lab.path("gate"), "");
  await late;
  assertEquals([stdout, stderr], [late.stdout, lab.path("err")]);
  assertEquals(await linesOf(late.stdout ?? ""), ["1"]);
});

Deno.test("T36 a script of many lines writes its files and both streams", async () => {
  await using lab = await openLab();
  const many = bash(
    (names: readonly [string, string], out: OutputFile) =>
      sh`
      echo ${names[0]} > ${names[0]}
      echo ${names[1]} > ${names[1]}
      cat ${names[0]} ${names[1]} > ${out}
      echo to stdout
      echo to stderr >&2
    `,
    { stdout: lab.path("std.out"), stderr: lab.path("std.err") },
  );
  const names = [lab.path("one"), lab.path("it's two")] as const;
  const future = many(names, output(lab.path("both")));
  await future;
  assertEquals(await linesOf((await future.outputs[0]!).path), [...names]);
  assertEquals(await linesOf(lab.path("std.out")), ["to stdout"]);
  assertEquals(await linesOf(lab.path("std.err")), ["to stderr"], "and nothing the toolkit adds");
});

for (
  const [name, app, exitCode] of [
    ["exit 15", bash`exit 15`, 15],
    ["an unknown command", bash`no_such_command_here`, 127],
    ["a file that is no program", bash`/dev/null`, 126],
    ["a division by zero", bash`echo $((5/0))`, 1],
    ["a failing last command", bash`false`, 1],
    ["a usage error of bash", bash`bash --no-such-option`, 2],
  ] as const
) {
  Deno.test(`T37 ${name} fails with exit code ${exitCode}`, async () => {
    await using _lab = await openLab();
    const error = await failure(app(), BashError);
    assertEquals([error.exitCode, error.signal, error.code], [exitCode, undefined, "BASH"]);
    assertStringIncludes(error.message, `exited with ${exitCode}`);
    assertEquals(await bash`echo still`.text()(), "still", "what ran it is as good as before");
  });
}

Deno.test("T37 a script that a signal ends says which", async () => {
  await using _lab = await openLab();
  const error = await failure(bash`kill -KILL $BASHPID`(), BashError);
  assertEquals([error.exitCode, error.signal], [undefined, "SIGKILL"]);
});

Deno.test("T38 walltime ends a script that takes longer, and no other", async () => {
  await using _lab = await openLab();
  const wait = bash((seconds: number) => sh`sleep ${seconds}; echo done`, { name: "wait" }).text();
  const error = await failure(wait.with({ walltime: 0.05 })(30), TaskTimeoutError);
  assertEquals([error.walltime, error.app], [0.05, "wait"]);
  assertEquals(await wait.with({ walltime: 30 })(0.01), "done");
});

Deno.test("T39 a stream that is no path, {path, append} or AUTO is refused when the app is made", () => {
  const wrongs: unknown[] = [["out", "w"], 42, "", "a\0b", {}, { path: 42 }, { path: "x", append: "w" }, {
    path: "x",
    mode: "w",
  }];
  for (const wrong of wrongs) {
    for (const key of ["stdout", "stderr"] as const) {
      // The compiler refuses most of these; scripts without types exist.
      const options = { [key]: wrong } as { stdout: string };
      const error = assertThrows(() => bash`true`.with(options), ConfigError, key);
      assertStringIncludes(error.message, "must be");
    }
  }
});

for (const stream of ["stdout", "stderr"] as const) {
  Deno.test(`T39 a ${stream} that cannot be written fails the task and says which file`, async () => {
    await using lab = await openLab();
    await Deno.writeTextFile(lab.path("file"), "");
    const path = `${lab.path("file")}/below`;
    const ran = lab.path("ran");
    const error = await errorOf(bash(() => sh`touch ${ran}`).with({ [stream]: path })());
    assert(error instanceof Error);
    assertStringIncludes(error.message, path);
    assertStringIncludes(error.message, stream);
    assert(!await exists(ran), "the script did not begin");
  });

  Deno.test(`T40 a plain path for ${stream} is added to; append: false begins anew`, async () => {
    await using lab = await openLab();
    const path = lab.path("new/folders/out");
    const say = bash((text: string) => stream === "stdout" ? sh`echo ${text}` : sh`echo ${text} >&2`);
    for (let i = 1; i <= 2; i++) {
      await say.with({ [stream]: path })(`line ${i}`);
      assertEquals((await linesOf(path)).length, i);
    }
    for (let i = 1; i <= 2; i++) {
      await say.with({ [stream]: { path, append: false } })(`again ${i}`);
      assertEquals(await linesOf(path), [`again ${i}`]);
    }
    await say.with({ [stream]: { path, append: true } })("more");
    assertEquals(await linesOf(path), ["again 2", "more"]);
  });
}

Deno.test("T40 both streams may go to one file", async () => {
  await using lab = await openLab();
  const path = lab.path("both");
  await bash(() => sh`echo a; echo b >&2; echo c`, { stdout: path, stderr: path })();
  assertEquals(await linesOf(path), ["a", "b", "c"]);
});

Deno.test("T41 stdAutopath chooses the files of AUTO streams, as it says", async () => {
  await using dir = await openLab();
  const asked: unknown[] = [];
  const lab = await openLab({
    stdAutopath: (info, stream) => {
      asked.push([info.task, info.app, stream]);
      return `${dir.dir}/${info.app}.${stream}`;
    },
  });
  await using _ = lab;
  const future = bash(() => sh`echo out; echo err >&2`, { name: "mine", stdout: AUTO, stderr: AUTO })();
  await future;
  assertEquals([future.stdout, future.stderr], [dir.path("mine.stdout"), dir.path("mine.stderr")]);
  assertEquals([await linesOf(dir.path("mine.stdout")), await linesOf(dir.path("mine.stderr"))], [["out"], ["err"]]);
  assertEquals(asked, [["t1", "mine", "stdout"], ["t1", "mine", "stderr"]], "each is asked for once");
});

Deno.test("T41 what stdAutopath throws fails the task; a path that is not asked for is not made", async () => {
  await using lab = await openLab({
    stdAutopath: () => {
      throw new RangeError("no place");
    },
  });
  const run = bash`echo hi`;
  const error = await errorOf(Promise.resolve().then(() => run.with({ stdout: AUTO })()));
  assert(error instanceof Error);
  assertStringIncludes(error.message, "no place");
  const plain = run();
  assertEquals([(await plain).stdout, plain.stdout, plain.stderr], ["hi\n", undefined, undefined]);
  assertEquals(await exists(`${lab.wf.runDir}/task_logs`), false);
});

Deno.test("T41 each retry asks for no other name: its output is added to that of the first try", async () => {
  await using lab = await openLab({ retries: 1 });
  const twice = bash((mark: string) => sh`echo try; [ -e ${mark} ] || { touch ${mark}; exit 3; }`, { stdout: AUTO });
  const future = twice(lab.path("mark"));
  await future;
  assertEquals([future.tries, await linesOf(future.stdout ?? "")], [2, ["try", "try"]]);
});

Deno.test("T34 a bash app inside a bash app's arguments: a file and its name survive as they are", async () => {
  await using lab = await openLab();
  await Deno.writeTextFile(lab.path("a b'c"), "x\n");
  const count = bash((from: ReturnType<typeof file>) => sh`wc -l < ${from}`).text();
  assertEquals(await count(file(lab.path("a b'c"))), "1");
});
