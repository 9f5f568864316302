import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  app,
  bash,
  type DataFuture,
  file,
  type InputFile,
  output,
  type OutputFile,
  sh,
  type TaskFuture,
  threads,
} from "../../mod.ts";
import { explainCache } from "../../lib/cli/explain_cache.ts";
import { only, openRun, type TempDir, tempDir } from "./helpers.ts";

/** A call in a first run, what happens between the runs, and the same or another call in a second one. */
interface Case {
  readonly first: (dir: TempDir) => TaskFuture<unknown>;
  readonly between?: (dir: TempDir) => void;
  /** The same as the first when not given. */
  readonly second?: (dir: TempDir) => TaskFuture<unknown>;
  /** Why it runs again, as `explain` says it; undefined when it does not. */
  readonly again?: RegExp;
}

// A name for each case, so that none is compared with the record of another.
const twice = app((x: unknown) => [x, x]);
const readFile = app((from: InputFile) => Deno.readTextFileSync(from.path));
const cat = bash((from: InputFile) => sh`cat ${from}`).text();
const fill = bash((text: string, to: OutputFile) => sh`printf %s ${text} > ${to}`);
const say = bash((x: string) => sh`echo ${x}; pwd`);

/** The file that a task writes. */
function madeBy(task: TaskFuture<unknown>): DataFuture {
  return only(task.outputs);
}

const CASES: Readonly<Record<string, Case>> = {
  "the same call": { first: () => twice([1]) },
  "another function text": {
    first: () => app((x: number) => x + 1, { name: "text" })(1),
    second: () => app((x: number) => x + 2, { name: "text" })(1),
    again: /the function text changed\n.*was ".*x \+ 1; .*\n.*is\s+".*x \+ 2; /,
  },
  "another script": {
    first: () => bash`echo 1`.with({ name: "script" })(),
    second: () => bash`echo 2`.with({ name: "script" })(),
    again: /the script changed\n.*was "echo 1"\n.*is\s+"echo 2"/,
  },
  "another argument": {
    first: () => twice.with({ name: "argument" })({ a: [1, 2] }),
    second: () => twice.with({ name: "argument" })({ a: [1, 3] }),
    again: /the argument text changed/,
  },
  "an argument of another type": {
    first: () => twice.with({ name: "type" })(1),
    second: () => twice.with({ name: "type" })("1"),
    again: /the argument text changed/,
  },
  "another value of a future": {
    first: () => twice.with({ name: "future" })(twice.with({ cache: false })(1)),
    second: () => twice.with({ name: "future" })(twice.with({ cache: false })(2)),
    again: /the argument text changed/,
  },
  "a value in the place of a future": {
    first: () => twice(twice.with({ cache: false })(7)),
    second: () => twice([7, 7]),
  },
  "keys, entries and members in another order": {
    first: () => twice({ a: 1, b: new Map([[1, 2], [3, 4]]), c: new Set([5, 6]) }),
    second: () => twice({ c: new Set([6, 5]), b: new Map([[3, 4], [1, 2]]), a: 1 }),
  },
  "another content of a file of a function": {
    first: (dir) => readFile.with({ name: "file" })(file(dir.path("a"))),
    between: (dir) => dir.write("a", "changed"),
    again: /input .*\/a changed its content/,
  },
  "another content of a file of a script": {
    first: (dir) => cat.with({ name: "scriptFile" })(file(dir.path("b"))),
    between: (dir) => dir.write("b", "changed"),
    again: /input .*\/b changed its content/,
  },
  "the same content, written anew": {
    first: (dir) => cat(file(dir.path("c"))),
    between: (dir) => dir.write("c", "c"),
  },
  "a file that is gone": {
    first: (dir) => bash`test -e ${file(dir.path("d"))} && echo yes || echo no`.with({ name: "gone" })(),
    between: (dir) => Deno.removeSync(dir.path("d")),
    again: /input .*\/d is missing/,
  },
  "another content of a file of another task": {
    first: (dir) => cat.with({ name: "made" })(madeBy(fill("one", output(dir.path("made"))))),
    second: (dir) => cat.with({ name: "made" })(madeBy(fill("two", output(dir.path("made"))))),
    again: /input .*\/made changed its content/,
  },
  "another task that makes the same file": {
    first: (dir) => cat(madeBy(fill("same", output(dir.path("same"))))),
    second: (dir) => cat(madeBy(bash`{ printf sa; printf me; } > ${output(dir.path("same"))}`())),
  },
  "another content of an input in the options": {
    first: (dir) => say.with({ name: "listed", inputs: [file(dir.path("e"))] })("x"),
    between: (dir) => dir.write("e", "changed"),
    again: /input .*\/e changed its content/,
  },
  "another content of a made input in the options": {
    first: (dir) => say.with({ name: "listedMade", inputs: [madeBy(fill("1", output(dir.path("lm"))))] })("x"),
    second: (dir) => say.with({ name: "listedMade", inputs: [madeBy(fill("2", output(dir.path("lm"))))] })("x"),
    again: /input .*\/lm changed its content/,
  },
  "another cwd": {
    first: (dir) => say.with({ name: "cwd", cwd: dir.root })("x"),
    second: () => say.with({ name: "cwd", cwd: "/" })("x"),
    again: /option cwd changed/,
  },
  "the default cwd, given": { first: () => say("cwd"), second: () => say.with({ cwd: "." })("cwd") },
  "another env": {
    first: () => say.with({ name: "env", env: { A: "1", B: "1" } })("x"),
    second: () => say.with({ name: "env", env: { A: "1", B: "2" } })("x"),
    again: /option env B changed/,
  },
  "env in another order": {
    first: () => say.with({ env: { A: "1", B: "1" } })("env"),
    second: () => say.with({ env: { B: "1", A: "1" } })("env"),
  },
  "another strict": {
    first: () => say.with({ name: "strict" })("x"),
    second: () => say.with({ name: "strict", strict: false })("x"),
    again: /option strict changed/,
  },
  "the default strict, given": { first: () => say("strict"), second: () => say.with({ strict: true })("strict") },
  "another parse mode": {
    first: () => say.with({ name: "parse" }).text()("x"),
    second: () => say.with({ name: "parse" }).lines()("x"),
    again: /option parse changed/,
  },
  "another stdout": {
    first: (dir) => say.with({ name: "stdout", stdout: dir.path("out1") })("x"),
    second: (dir) => say.with({ name: "stdout", stdout: dir.path("out2") })("x"),
    again: /option stdout changed/,
  },
  "another output": {
    first: (dir) => say.with({ name: "output", outputs: [output(dir.path("a"))] })("x"),
    second: (dir) => say.with({ name: "output", outputs: [output(dir.path("e"))] })("x"),
    again: /output .*\/a is no longer declared\n.*output .*\/e is new/,
  },
  "an output that was deleted": {
    first: (dir) => fill("x", output(dir.path("deleted"))),
    between: (dir) => Deno.removeSync(dir.path("deleted")),
    again: /output .*\/deleted is missing/,
  },
  "an output that was changed": {
    first: (dir) => fill("x", output(dir.path("changed"))),
    between: (dir) => dir.write("changed", "y"),
    again: /output .*\/changed changed its content/,
  },
  "an output that was touched": {
    first: (dir) => fill("x", output(dir.path("touched"))),
    between: (dir) => Deno.utimeSync(dir.path("touched"), 1, 1),
  },
  "a stdout file of its own that was deleted": {
    first: (dir) => say.with({ name: "own", stdout: { path: dir.path("own"), append: false } })("own"),
    between: (dir) => Deno.removeSync(dir.path("own")),
    again: /output .*\/own is missing/,
  },
  "another name": { first: () => twice(["name"]), second: () => twice.with({ name: "label" })(["name"]) },
  "another walltime": { first: () => say("walltime"), second: () => say.with({ walltime: "9m" })("walltime") },
  "other retries": {
    first: () => twice(["retries"]),
    second: () => twice.with({ retries: 3, retryHandler: () => 1 })(["retries"]),
  },
  "another priority": { first: () => twice(["priority"]), second: () => twice.with({ priority: 1 })(["priority"]) },
  "other executors": {
    first: () => twice.with({ executors: ["a"] })(["executors"]),
    second: () => twice.with({ executors: ["b"] })(["executors"]),
  },
};

Deno.test("A resumed run does again what changed, says why, and nothing else", async () => {
  using dir = tempDir();
  for (const name of "abcde") dir.write(name, name);
  const executors = ["a", "b"].map((label) => threads({ label, maxThreads: 1 }));
  const values = new Map<string, unknown>();
  {
    await using _wf = await openRun(dir, { executors });
    for (const [name, { first }] of Object.entries(CASES)) {
      const task = first(dir);
      values.set(name, await task);
      assert(task.state === "done", `"${name}" was taken from the cache in the first run`);
    }
  }
  for (const { between } of Object.values(CASES)) between?.(dir);
  const seen: Record<string, string> = {};
  const missed: [name: string, id: string, again: RegExp][] = [];
  {
    await using _wf = await openRun(dir, { executors });
    for (const [name, { first, second = first, again }] of Object.entries(CASES)) {
      const task = second(dir);
      const value = await task;
      seen[name] = task.state;
      if (task.state === "memoized") assertEquals(value, values.get(name), name);
      if (again !== undefined) missed.push([name, `t${task.id}`, again]);
    }
  }
  assertEquals(
    seen,
    Object.fromEntries(Object.entries(CASES).map(([name, c]) => [name, c.again === undefined ? "memoized" : "done"])),
  );
  for (const [name, id, again] of missed) assertMatch(explainCache(dir.path("runs", "0002"), id), again, name);
});
