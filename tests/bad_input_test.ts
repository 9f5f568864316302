import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  bash,
  CheckpointError,
  ConfigError,
  type ConfigInput,
  InvalidResourceSpecificationError,
  load,
  SerializationError,
  sh,
  ShipError,
  TemplateError,
  threads,
} from "../mod.ts";
import { errorOf, exists, openLab, tempDir } from "./parsl/helpers.ts";

const OUTSIDE = 1;
const one = app(() => 1, { name: "one" });

/** What makes one error when an app is made or called; none of it may leave a task behind. */
const REFUSED:
  readonly (readonly [what: string, call: () => unknown, type: new (...args: never[]) => Error, words: string])[] = [
    ["undefined in a template", () => bash(() => sh`echo ${bad(undefined)}`)(), TemplateError, "it is undefined"],
    ["a boolean in a template", () => bash(() => sh`echo ${bad(true)}`)(), TemplateError, "it is true"],
    ["an object in a template", () => bash(() => sh`echo ${bad({})}`)(), TemplateError, "it is an object"],
    ["NUL in a template", () => bash(() => sh`echo ${"a\0"}`)(), TemplateError, "NUL"],
    ["a free variable", () => app(() => OUTSIDE), ShipError, "it uses `OUTSIDE`"],
    ["a function as argument", () => app((f: unknown) => f)(() => 1), SerializationError, "it is a function"],
    [
      "an instance as argument",
      () => app((f: unknown) => f)({ a: new Bad() }),
      SerializationError,
      ".a is an instance",
    ],
    ["an unknown option", () => one.with(bad({ wallTime: 1 })), ConfigError, 'did you mean "walltime"?'],
    [
      "an unknown resource",
      () => one.with({ resources: { numTasks: 1 } })(),
      InvalidResourceSpecificationError,
      '"numTasks"',
    ],
    ["a negative walltime", () => one.with({ walltime: -1 }), ConfigError, "-1"],
    ["an unknown executor", () => one.with({ executors: ["thread"] })(), ConfigError, 'did you mean "threads"?'],
  ];

class Bad {
  readonly x = 1;
}

/** Types refuse it: it comes from a script that is not checked. */
function bad<T>(value: unknown): T {
  return value as T;
}

for (const [what, call, type, words] of REFUSED) {
  Deno.test(`bad input: ${what} is one error before anything is submitted`, async () => {
    await using lab = await openLab();
    const error = assertThrows(call, type as new () => Error);
    assertStringIncludes(error.message, words);
    assertMatch(error.message, /^Cannot /);
    assertFalse(/\.$/.test(error.message.split("\n")[0] ?? ""), error.message);
    assertEquals([lab.wf.summary().tasks, lab.wf.executors[0]?.busy, lab.wf.executors[0]?.queued], [0, 0, 0]);
  });
}

/** Configurations that are one error each. */
const REFUSED_FILES: readonly (readonly [what: string, text: string, words: RegExp])[] = [
  ["a wrong kind", "executors:\n  - kind: thread\n", /c\.yml:2:11 .*did you mean "threads"\?/s],
  ["a wrong type", "retries: many\n", /c\.yml:1:10 .*"many"/],
  ["a duplicate key", "retries: 1\nretries: 2\n", /c\.yml:2:1 .*retries.*/],
  ["a tab", "executors:\n\t- kind: threads\n", /c\.yml:2:1 .*tab/i],
  ["an unknown key", "retrys: 1\n", /c\.yml:1:1 .*did you mean "retries"\?/s],
  [
    "a label used twice",
    "executors:\n  - kind: threads\n    label: a\n  - kind: threads\n    label: a\n",
    /c\.yml:5:12 .*"a"/,
  ],
  ["a negative walltime", "walltime: -5s\n", /c\.yml:1:11 .*negative/],
];

for (const [what, text, words] of REFUSED_FILES) {
  Deno.test(`bad input: ${what} in a YAML file is one error with its place, and nothing is opened`, async () => {
    await using dir = await tempDir();
    await Deno.writeTextFile(`${dir.path}/c.yml`, `${text}runDir: ${dir.path}/runs\n`);
    await refused(dir.path, `${dir.path}/c.yml`, words);
  });
}

Deno.test("bad input: no file, and a directory, for a configuration is one error, and nothing is opened", async () => {
  await using dir = await tempDir();
  await refused(dir.path, `${dir.path}/none.yml`, /none\.yml.*no such file/i);
  await refused(dir.path, dir.path, /directory/);
  await refused(dir.path, "", /./);
});

Deno.test("bad input: what is no configuration at all, and a label used twice in one, is one error", async () => {
  await using dir = await tempDir();
  const runDir = `${dir.path}/runs`;
  for (const config of [5, null, [], () => 1, new Bad(), true]) await refused(dir.path, bad(config), /^Cannot /);
  await refused(dir.path, { runDir, executors: [threads({ label: "a" }), threads({ label: "a" })] }, /"a"/);
  await refused(dir.path, { runDir, executors: [] }, /executors/);
  await refused(dir.path, { runDir, walltime: bad(-1) }, /walltime/);
});

/** A configuration is refused with one error, and leaves no run and no workflow behind. */
async function refused(dir: string, config: ConfigInput | string, words: RegExp): Promise<void> {
  const error = await errorOf(load(config));
  assert(error instanceof ConfigError, Deno.inspect(error));
  assertMatch(error.message, words);
  assertFalse(/\.$/.test(error.message.split("\n")[0] ?? ""), error.message);
  assertFalse(await exists(`${dir}/runs`), "a run that never was");
}

Deno.test("bad input: a run to resume that is not one is an error, and is left as it was", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/notes.sqlite`;
  await Deno.writeTextFile(path, "my notes");
  const error = await errorOf(load({ runDir: `${dir.path}/runs`, resume: path, progress: "off" }));
  assert(error instanceof CheckpointError);
  assertStringIncludes(error.message, path);
  assertEquals([await Deno.readTextFile(path), await Array.fromAsync(Deno.readDir(`${dir.path}/runs`))], [
    "my notes",
    [],
  ]);
});
