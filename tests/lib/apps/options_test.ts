import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { app, type AppOptions, AUTO, bash, ConfigError, file, join, output, sh, ToolkitError } from "../../../mod.ts";
import { NO_OPTIONS, OPTION_NAMES, readOptions } from "../../../lib/apps/options.ts";
import { openBench } from "../graph/fake_executor.ts";

class Plain {
  readonly a = 1;
}

/** For each option, what it must not be, with the words that say what it was. */
const BAD: { readonly [K in keyof Required<AppOptions>]: readonly (readonly [value: unknown, got: string])[] } = {
  name: [[5, "is 5"], ["", 'is ""'], ["a\0b", '"a\\u0000b"'], [null, "is null"], [["a"], 'is [ "a" ]']],
  resources: [["cores=2", '"cores=2"'], [4, "is 4"], [null, "is null"], [[1], "is [ 1 ]"]],
  executors: [
    ["some", '"some"'],
    [[], "is []"],
    [["a", 5], 'is [ "a", 5 ]'],
    [null, "is null"],
    [{ a: 1 }, "is { a: 1 }"],
  ],
  stdout: [[5, "is 5"], ["", 'is ""'], [{ path: 5 }, "is 5"], [{ path: "a", mode: "w" }, "mode"], [null, "is null"]],
  stderr: [["a\0b", '"a\\u0000b"'], [{ append: true }, "is undefined"], [{ path: "a", append: "yes" }, '"yes"']],
  walltime: [[-1, "-1"], [0, "0"], ["soon", '"soon"'], [NaN, "NaN"], [null, "null"], ["5:30", '"5:30"']],
  env: [
    ["A=1", '"A=1"'],
    [{ "A B": "1" }, '"A B"'],
    [{ A: 1 }, "is 1"],
    [{ A: undefined }, "is undefined"],
    [{ A: "a\0" }, '"a\\u0000"'],
    [[], "is []"],
  ],
  cwd: [["", 'is ""'], [new URL("file:///tmp"), "is URL"], ["a\0", '"a\\u0000"'], [false, "is false"]],
  inputs: [["a.txt", '"a.txt"'], [["a.txt"], 'is [ "a.txt" ]'], [file("a"), "is InputFile"], [
    [undefined],
    "undefined",
  ]],
  outputs: [[output("a"), "is OutputFile"], [["a"], 'is [ "a" ]'], [[file("a")], "InputFile"], [{}, "is {}"]],
  cache: [["yes", '"yes"'], [1, "is 1"], [null, "is null"]],
  retries: [[-1, "is -1"], [1.5, "is 1.5"], [NaN, "is NaN"], [Infinity, "is Infinity"], ["3", '"3"'], [
    null,
    "is null",
  ]],
  retryHandler: [[1, "is 1"], ["cost", '"cost"'], [null, "is null"], [{}, "is {}"]],
  priority: [["high", '"high"'], [NaN, "is NaN"], [null, "is null"], [1n, "is 1n"]],
  signal: [[new AbortController(), "is AbortController"], [true, "is true"], [new Plain(), "is Plain"]],
  strict: [["no", '"no"'], [0, "is 0"], [null, "is null"]],
  permissions: [
    ["all", '"all"'],
    [true, "is true"],
    [{ read: "yes" }, '"yes"'],
    [{ read: [1] }, "is [ 1 ]"],
    [null, "is null"],
    [[], "is []"],
  ],
};

Deno.test("readOptions() knows an option for each bad value here, and no other", () => {
  assertEquals(Object.keys(BAD).sort(), [...OPTION_NAMES].sort());
  assertEquals(Object.keys(NO_OPTIONS).sort(), [...OPTION_NAMES].sort());
});

for (const [option, values] of Object.entries(BAD)) {
  Deno.test(`readOptions() refuses a wrong ${option} in one error, when the app is made and in with()`, () => {
    using bench = openBench();
    for (const [value, got] of values) {
      // Types refuse all of these: they come from scripts that are not checked.
      const options = { [option]: value } as AppOptions;
      const named = (option === "name" ? options : { name: "fit", ...options }) as AppOptions;
      const makers = [
        () => bash(() => sh`true`, named),
        () => app((x: number) => x, named),
        () => join((x: number) => x, named),
        () => bash(() => sh`true`, { name: "fit" }).with(options),
        () => app((x: number) => x, { name: "fit" }).with(options),
        () => join((x: number) => x, { name: "fit" }).with(options),
      ];
      for (const [i, make] of makers.entries()) {
        const error = assertThrows(make, ConfigError, undefined, `${option}: ${Deno.inspect(value)}`);
        assertStringIncludes(error.message, `"${option}`);
        assertStringIncludes(error.message, got);
        assertEquals(error.place.path?.[0]?.toString(), option);
        if (option !== "name" || i >= 3) assertStringIncludes(error.message, 'app "fit"');
        assertFalse(error.message.endsWith("."), error.message);
      }
    }
    assertEquals(bench.kernel.called, 0);
  });
}

Deno.test("readOptions() names the nearest option for one that there is not", () => {
  const nearest = [
    ["wallTime", "walltime"],
    ["retry", "retries"],
    ["executor", "executors"],
    ["stdOut", "stdout"],
    ["enviroment", "env, cwd"],
    ["input", "inputs"],
    ["cached", "cache"],
    ["permission", "permissions"],
    ["retry_handler", "retryHandler"],
    ["__proto__x", "it can be name, resources"],
    ["constructor", "it can be name, resources"],
  ] as const;
  for (const [wrong, right] of nearest) {
    const error = assertThrows(() => readOptions({ [wrong]: 1 }, NO_OPTIONS, "fit"), ConfigError);
    assertStringIncludes(error.message, `Cannot use option "${wrong}" of app "fit": there is no such option`);
    assertStringIncludes(error.hint ?? "", right);
    assertEquals([error.place.path, error.place.got], [[wrong], 1]);
  }
});

Deno.test("readOptions() refuses what is no object of options", () => {
  for (const options of [null, 5, "walltime", [], () => 1, true]) {
    // Types refuse it.
    const given = options as AppOptions;
    for (
      const make of [
        () => app((x: number) => x, given),
        () => bash(() => sh`true`, given),
        () => join((x: number) => x, given),
        () => app((x: number) => x).with(given),
        () => bash`true`.with(given),
        () => app({}, (x: number) => x, given),
        () => app("file:///tasks.ts", "fit", given),
      ]
    ) {
      const error = assertThrows(make, ConfigError, undefined, Deno.inspect(options));
      assertStringIncludes(error.message, "Cannot use the options of app");
    }
  }
});

Deno.test("readOptions() names a permission that there is not, and the nearest one", () => {
  const error = assertThrows(
    () => app(() => 1, { name: "fit", permissions: { raed: true } as Deno.PermissionOptionsObject }),
    ConfigError,
    'Cannot use option "permissions" of app "fit": there is no permission "raed"',
  );
  assertEquals(error.hint, 'did you mean "read"?');
});

Deno.test("readOptions() reads durations, streams and executors into one form each", () => {
  const read = (options: AppOptions) => readOptions(options, NO_OPTIONS, "fit");
  assertEquals(["90s", "5m", 1.5, "0:30:00"].map((w) => read({ walltime: w as "90s" }).walltime), [90, 300, 1.5, 1800]);
  assertEquals(read({ stdout: "a" }).stdout, { path: "a", append: true });
  assertEquals(read({ stderr: { path: "a" } }).stderr, { path: "a", append: false });
  assertEquals(read({ stdout: AUTO }).stdout, AUTO);
  assertEquals(read({ executors: "all" }).executors, undefined);
  assertEquals(read({ executors: ["a"] }).executors, ["a"]);
  assertEquals(read({ permissions: "none" }).permissions, "none");
  assertEquals(read({ priority: -Infinity }).priority, -Infinity);
});

Deno.test("with() lays options over those there are, and undefined takes one away", () => {
  const base = readOptions({ retries: 2, env: { A: "1", B: "2" }, walltime: "5m" }, NO_OPTIONS, "fit");
  const over = readOptions({ retries: undefined, env: { A: "3" } }, base, "fit");
  assertEquals(over, { ...NO_OPTIONS, walltime: 300, env: { A: "3" } });
  assertEquals(readOptions({}, over, "fit"), over);
  assertEquals(readOptions(Object.fromEntries(OPTION_NAMES.map((n) => [n, undefined])), base, "fit"), NO_OPTIONS);
});

Deno.test("with() makes a copy: the app it is asked of stays as it was, in name and options", () => {
  using bench = openBench();
  const fit = app((x: number) => x, { name: "fit", priority: 5 });
  const other = fit.with({ name: "other" });
  const third = other.with({ priority: 1 }).with({ name: undefined });
  assertEquals([fit.appName, other.appName, third.appName], ["fit", "other", "other"]);
  for (const each of [fit, other, third]) each(1);
  const specs = [...bench.executor.submitted].map((item) => item as unknown as { readonly spec: unknown });
  assertEquals(
    specs.map(({ spec }) => (spec as { readonly options: { readonly priority: number } }).options.priority),
    [5, 5, 1],
  );
});

Deno.test("with() of options an app kind cannot have is refused, like those it was made with", () => {
  const refused: readonly (readonly [() => unknown, string])[] = [
    [() => app(() => 1, { name: "fit" }).with({ stdout: "a" }), "stdout"],
    [() => app(() => 1, { name: "fit" }).with({ stderr: AUTO }), "stderr"],
    [() => app(() => 1, { name: "fit" }).with({ env: {} }), "env"],
    [() => app(() => 1, { name: "fit" }).with({ cwd: "/" }), "cwd"],
    [() => bash(() => sh`true`, { name: "fit" }).with({ permissions: "none" }), "permissions"],
    [() => join(() => [], { name: "fit" }).with({ walltime: 1 }), "walltime"],
    [() => join(() => [], { name: "fit" }).with({ permissions: {} }), "permissions"],
  ];
  for (const [make, key] of refused) {
    const error = assertThrows(make, ConfigError, `Cannot use option "${key}" of app "fit"`);
    assertEquals(error.place.path, [key]);
  }
});

Deno.test("readOptions() looks at a label and a resource only when the app is called, and then submits nothing", () => {
  using bench = openBench();
  const lost = app((x: number) => x, { name: "fit", executors: ["fkae"] });
  const error = assertThrows(() => lost(1), ConfigError, 'Cannot run app "fit" on executor "fkae"');
  assertEquals(error.hint, 'did you mean "fake"?');
  assert(error instanceof ToolkitError);
  assertEquals([bench.kernel.called, bench.executor.submitted.length], [0, 0]);
});
