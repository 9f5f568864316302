import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type Config, type ConfigInput, REGISTRY } from "../../../executors/mod.ts";
import { threads } from "../../../executors/threads/factory.ts";
import { loadConfig, loadWithTree } from "../../../lib/config/load.ts";
import { resolvedYaml } from "../../../lib/config/show.ts";
import { ConfigError } from "../../../lib/errors/mod.ts";

/** A directory for one test. */
async function withDir(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function load(input: unknown): Promise<Config> {
  // What a script without types can do.
  return loadConfig(input as ConfigInput, REGISTRY);
}

async function messageOf(input: unknown): Promise<string> {
  return (await assertRejects(() => load(input), ConfigError)).message;
}

/** The message for a file with this text, with the file's name as `c.yml`. */
async function messageForText(text: string | Uint8Array<ArrayBuffer>): Promise<string> {
  let message = "";
  await withDir(async (dir) => {
    await Deno.writeFile(`${dir}/c.yml`, typeof text === "string" ? new TextEncoder().encode(text) : text);
    message = (await messageOf(`${dir}/c.yml`)).replaceAll(`${dir}/`, "");
  });
  return message;
}

Deno.test("loadConfig() fills in every default", async () => {
  const config = await loadConfig({ walltime: "0:30:00", executors: [threads({ maxThreads: 3 })] }, REGISTRY);
  assertEquals(config.walltime, 1800);
  assertEquals(config.checkpointPeriod, 1800);
  assertEquals(config.executors, [{ kind: "threads", label: "threads", maxThreads: 3 }]);
  assertEquals((await loadConfig(undefined, REGISTRY)).executors[0]?.label, "threads");
  assertEquals((await load({ retryBackoff: {} })).retryBackoff, { initial: 1, factor: 2, max: 60, jitter: 0.1 });
  assertEquals((await load({ retries: undefined })).retries, 0);
});

Deno.test("ConfigInput refuses what the schema refuses", () => {
  const good: ConfigInput = { retries: 1, walltime: "1h30m", executors: [{ kind: "threads", memPerWorker: "2GiB" }] };
  // @ts-expect-error no such option
  const key: ConfigInput = { retrys: 1 };
  // @ts-expect-error no such option of that kind
  const option: ConfigInput = { executors: [{ kind: "threads", maxThreds: 1 }] };
  // @ts-expect-error no such kind
  const kind: ConfigInput = { executors: [{ kind: "thread" }] };
  // @ts-expect-error not a duration
  const walltime: ConfigInput = { walltime: "soon" };
  assertEquals([good, key, option, kind, walltime].length, 5);
});

Deno.test("loadConfig() says what is wrong with an object, and where", async () => {
  const cases: readonly [unknown, string][] = [
    [{ retrys: 1 }, 'Cannot use "retrys" in the configuration: unknown key; did you mean "retries"?'],
    [{ retries: "2" }, 'Cannot use "2" as retries: expected a whole number, got text; leave out the quotes'],
    [{ retries: 1.5 }, "Cannot use 1.5 as retries: expected a whole number"],
    [{ retries: -1 }, "Cannot use -1 as retries: it must be at least 0"],
    [{ walltime: -3 }, "Cannot use -3 as walltime: it is negative"],
    [
      { walltime: "1:30" },
      'Cannot use "1:30" as walltime: two parts can mean h:mm or mm:ss; write "1:30:00" or "0:1:30"',
    ],
    [{ cache: "yes" }, 'Cannot use "yes" as cache: expected true or false, got text; write true'],
    [{ resume: "no" }, 'Cannot use "no" as resume: write true or false'],
    [{ resume: 3 }, "Cannot use 3 as resume: expected true or false or text"],
    [{ name: "" }, 'Cannot use "" as name: it is empty'],
    [{ checkpointMode: "taskexit" }, 'Cannot use "taskexit" as checkpointMode: did you mean "taskExit"?'],
    [{ exitMode: "later" }, 'Cannot use "later" as exitMode: it can be wait, cancel, skip'],
    [{ retryHandler: "f" }, 'Cannot use "f" as retryHandler: expected a function, which only a script can give'],
    [{ retryBackoff: { jitter: 2 } }, "Cannot use 2 as retryBackoff.jitter: it must be at most 1"],
    [{ retryBackoff: [] }, "Cannot use a list as retryBackoff: expected a mapping"],
    [{ executors: [] }, "Cannot use a list as executors: it must hold at least 1"],
    [{ executors: {} }, "Cannot use a mapping as executors: expected a list"],
    [{ executors: [{}] }, 'Cannot use executors[0]: "kind" is missing; it can be threads'],
    [{ executors: [3] }, "Cannot use 3 as executors[0]: expected a mapping"],
    [
      { executors: [{ kind: "thread" }] },
      'Cannot use "thread" as executors[0].kind: unknown kind; did you mean "threads"?',
    ],
    [{ executors: [{ kind: 3 }] }, "Cannot use 3 as executors[0].kind: expected text"],
    [
      { executors: [{ kind: "threads", max_threads: 3 }] },
      'Cannot use "max_threads" in executors[0]: unknown key; did you mean "maxThreads"?',
    ],
    [
      { executors: [{ kind: "threads", label: "a/b" }] },
      'Cannot use "a/b" as executors[0].label: a label is made of letters, digits, _, . and -, as it names a directory',
    ],
    [
      { executors: [{ kind: "threads" }, { kind: "threads" }] },
      'Cannot use executors[1].label: it is "threads", as executors[0].label is; give each a label of its own',
    ],
    [3, "Cannot use 3 as a configuration: expected a mapping"],
    [[], "Cannot use a list as a configuration: expected a mapping"],
    [new Map(), "Cannot use a Map as a configuration: expected plain data"],
    [{ retryBackoff: new Date(0) }, "Cannot use a Date as retryBackoff: expected plain data"],
  ];
  for (const [input, message] of cases) assertEquals(await messageOf(input), message);
});

Deno.test("loadConfig() keeps a key __proto__ as the unknown key it is", async () => {
  assertEquals(
    (await messageOf(JSON.parse('{"__proto__": {"retries": 9}}'))).split(";")[0],
    'Cannot use "__proto__" in the configuration: unknown key',
  );
});

Deno.test("loadConfig() lists everything that is wrong, in the order of the file", async () => {
  const text = "cache: maybe\nexecutors:\n  - kind: threads\n    maxThreads: none\n    labell: x\nretries: -1\n";
  assertEquals(
    await messageForText(text),
    [
      'c.yml:1:8 Cannot use "maybe" as cache: expected true or false, got text',
      'c.yml:4:17 Cannot use "none" as executors[0].maxThreads: expected a whole number, got text',
      'c.yml:5:5 Cannot use "labell" in executors[0]: unknown key; did you mean "label"?',
      "c.yml:6:10 Cannot use -1 as retries: it must be at least 0",
    ].join("\n"),
  );
});

Deno.test("loadConfig() gives the place as fields too", async () => {
  await withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/c.yml`, "executors:\n  - kind: threads\n    maxThreds: 2\n");
    const error = await assertRejects(() => load(`${dir}/c.yml`), ConfigError);
    assertEquals(error.place, {
      file: `${dir}/c.yml`,
      line: 3,
      column: 5,
      path: ["executors", 0, "maxThreds"],
      got: "maxThreds",
      didYouMean: "maxThreads",
    });
  });
});

Deno.test("loadConfig() says what is wrong with a file, and where", async () => {
  const cases: readonly [string, string][] = [
    ["", "Cannot use c.yml as a configuration: it is empty\nhint: write at least {} to take every default"],
    [
      "# only this\n",
      "Cannot use c.yml as a configuration: it is empty\nhint: write at least {} to take every default",
    ],
    ["- 1", "c.yml:1:1 Cannot use a list as a configuration: expected a mapping"],
    ["hello", 'c.yml:1:1 Cannot use "hello" as a configuration: expected a mapping, got text'],
    [
      "retries: 1\nname: a\nretries: 2",
      'c.yml:3:1 Cannot use "retries" in the configuration: the key is there twice, first on line 1; keep one',
    ],
    [
      "executors:\n  - kind: threads\n    label: a\n    label: b",
      'c.yml:4:5 Cannot use "label" in executors[0]: the key is there twice, first on line 3; keep one',
    ],
    [
      "executors:\n\t- kind: threads",
      "c.yml:2:1 Cannot read the configuration: a tab indents this line; YAML allows only spaces there",
    ],
    [
      "name: a: b",
      "c.yml:1:7 Cannot read the configuration: a key stands inside a value: check the indentation, or put a text with " +
      '": " in quotes',
    ],
    [
      "executors: [{kind: threads}",
      "c.yml:1:28 Cannot read the configuration: the indentation does not fit, or a bracket is not closed",
    ],
    [
      "name: 'x",
      "c.yml:1:9 Cannot read the configuration: something is missing before this place: a quote, a bracket, a comma or a colon",
    ],
    [
      "a: 1\n---\nb: 2",
      "c.yml:2:1 Cannot read the configuration: a second document starts here (---); keep one, or put the other in a " +
      "file and name it in extends",
    ],
    ["name: !!python/none x", "c.yml:1:7 Cannot read the configuration: tags (!name) mean nothing here"],
    ["? [1]\n: 2", "c.yml:1:3 Cannot read the configuration: a key of the configuration is not a text"],
    ["name: *who", "c.yml:1:7 Cannot read the configuration: there is no anchor &who before this place"],
    ["executors: &a [*a]", "c.yml:1:15 Cannot read the configuration: executors[0] contains itself"],
    ["<<: 3", "c.yml:1:1 Cannot read the configuration: << needs a mapping, or a list of them"],
    ["retries:", "c.yml:1:9 Cannot use nothing as retries: expected a whole number"],
    ["%YAML 1.1\n---\ncache: yes", 'c.yml:3:8 Cannot use "yes" as cache: expected true or false, got text; write true'],
    [
      "executors:\n- {kind: threads}\n- {kind: threads}",
      'c.yml:3:3 Cannot use executors[1].label: it is "threads", as executors[0].label is (c.yml:2:3); give each a ' +
      "label of its own",
    ],
    ["executors:\n- kind: slrum", 'c.yml:2:9 Cannot use "slrum" as executors[0].kind: unknown kind; it can be threads'],
  ];
  for (const [text, message] of cases) assertEquals(await messageForText(text), message);
});

Deno.test("loadConfig() refuses what is not text", async () => {
  assertEquals(
    await messageForText(new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1])),
    "Cannot read the configuration c.yml: it is not a text file: byte 5 is 0",
  );
  assertEquals(
    await messageForText(new Uint8Array([0xff, 0xfe, 0x41])),
    "Cannot read the configuration c.yml: it is not a text file in UTF-8",
  );
});

Deno.test("loadConfig() never fails with anything but a ConfigError, whatever the bytes", async () => {
  await withDir(async (dir) => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[\[\]{}:\-,&*<>|?!%@"'#a-c \n\t]*$/));
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        await Deno.writeTextFile(`${dir}/c.yml`, text);
        try {
          await load(`${dir}/c.yml`);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          assertStringIncludes(error.message, `${dir}/c.yml`);
        }
      }),
      { numRuns: 300 },
    );
  });
});

Deno.test("loadConfig() stops at aliases of aliases that ask for billions of values", async () => {
  const lines = ["x-0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"];
  for (let i = 1; i < 10; i++) lines.push(`x-${i}: &x${i} [${Array(9).fill(`*x${i - 1}`).join(", ")}]`);
  assertStringIncludes(await messageForText(lines.join("\n")), "it has more than 100000 values");
});

Deno.test("loadConfig() says why a file cannot be read", async () => {
  await withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/cluster.yml`, "{}");
    assertEquals(
      await messageOf(`${dir}/clutser.yml`),
      `Cannot read the configuration ${dir}/clutser.yml: there is no such file; did you mean "${dir}/cluster.yml"?`,
    );
    assertEquals(
      await messageOf(`${dir}/none/c.yml`),
      `Cannot read the configuration ${dir}/none/c.yml: there is no such file`,
    );
    assertEquals(await messageOf(dir), `Cannot read the configuration ${dir}: it is a directory; name a file in it`);
  });
});

Deno.test("loadConfig() reads anchors, merge keys and YAML 1.2 scalars", async () => {
  await withDir(async (dir) => {
    const text = "x-pool: &pool {kind: threads, maxThreads: 7, label: a}\nname: yes\nwalltime: 1-00:00:00\n" +
      "executors:\n  - *pool\n  - <<: *pool\n    label: b\n";
    await Deno.writeTextFile(`${dir}/c.yml`, text);
    const config = await load(`${dir}/c.yml`);
    assertEquals(config.name, "yes");
    assertEquals(config.walltime, 86_400);
    assertEquals(config.executors, [
      { kind: "threads", label: "a", maxThreads: 7 },
      { kind: "threads", label: "b", maxThreads: 7 },
    ]);
  });
});

Deno.test("loadConfig() merges the files that a file extends, and each value keeps its place", async () => {
  await withDir(async (dir) => {
    await Deno.mkdir(`${dir}/site`);
    await Deno.writeTextFile(`${dir}/site/base.yml`, "retries: 3\nretryBackoff: {initial: 5s, jitter: 7}\n");
    await Deno.writeTextFile(`${dir}/c.yml`, "extends: site/base.yml\nretryBackoff:\n  factor: 0\n");
    assertEquals(
      (await messageOf(`${dir}/c.yml`)).replaceAll(`${dir}/`, ""),
      "c.yml:3:11 Cannot use 0 as retryBackoff.factor: it must be at least 1\n" +
        "site/base.yml:2:37 Cannot use 7 as retryBackoff.jitter: it must be at most 1",
    );
    await Deno.writeTextFile(`${dir}/c.yml`, "extends: site/base.yml\nretryBackoff:\n  jitter: 0\n");
    const config = await load(`${dir}/c.yml`);
    assertEquals([config.retries, config.retryBackoff], [3, { initial: 5, factor: 2, max: 60, jitter: 0 }]);
  });
});

Deno.test("loadConfig() refuses files that extend each other, and says who named a missing one", async () => {
  await withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/a.yml`, "extends: b.yml\n");
    await Deno.writeTextFile(`${dir}/b.yml`, "extends: a.yml\n");
    assertEquals(
      (await messageOf(`${dir}/a.yml`)).replaceAll(`${dir}/`, ""),
      'b.yml:1:10 Cannot use "a.yml" as extends: it extends this file, and neither would come first',
    );
    await Deno.writeTextFile(`${dir}/a.yml`, "extends: site.yml\n");
    assertEquals(
      (await messageOf(`${dir}/a.yml`)).replaceAll(`${dir}/`, ""),
      "Cannot read the configuration site.yml: there is no such file\nhint: named in extends at a.yml:1:10",
    );
  });
});

/** Loads a text with variables set. */
async function loadWithEnv(text: string, env: Readonly<Record<string, string>>): Promise<Config> {
  let config: Config | undefined;
  await withDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/c.yml`, text);
    config = (await loadWithTree(`${dir}/c.yml`, REGISTRY, (name) => env[name])).config;
  });
  if (config === undefined) throw new Error("not loaded");
  return config;
}

Deno.test("loadConfig() puts environment variables into texts", async () => {
  const config = await loadWithEnv(
    'name: "run ${env:WHO} of ${env:N}"\nretries: ${env:N}\ncache: ${env:C:-true}\nrunDir: "${env:N}"\nwalltime: ${env:W}\n',
    { WHO: "ada", N: "3", C: "", W: "0:30:00" },
  );
  assertEquals([config.name, config.retries, config.cache, config.runDir], ["run ada of 3", 3, true, "3"]);
  assertEquals(config.walltime, 1800);
});

Deno.test("loadConfig() never reads a variable as structure", async () => {
  const config = await loadWithEnv("name: ${env:X}\n", { X: "{retries: 5}\ncache: true" });
  assertEquals([config.name, config.retries, config.cache], ["{retries: 5}\ncache: true", 0, false]);
});

Deno.test("loadConfig() names every variable that is not set, and where a wrong value came from", async () => {
  const unset = await assertRejects(() => loadWithEnv("name: ${env:A}\nrunDir: x/${env:B}\n", {}), ConfigError);
  assertEquals(
    unset.message.replaceAll(/\S*\/c\.yml/g, "c.yml"),
    'c.yml:1:7 Cannot use "${env:A}" as name: there is no environment variable A; set it, or write ${env:A:-default}\n' +
      'c.yml:2:9 Cannot use "x/${env:B}" as runDir: there is no environment variable B; set it, or write ${env:B:-default}',
  );
  const malformed = await assertRejects(() => loadWithEnv("name: ${env:1 A}\n", {}), ConfigError);
  assertStringIncludes(malformed.message, "as name: write ${env:NAME} or ${env:NAME:-default}");
  const wrong = await assertRejects(() => loadWithEnv("retries: ${env:N}\n", { N: "many" }), ConfigError);
  assertStringIncludes(
    wrong.message,
    'c.yml:1:10 Cannot use "many" (from the environment: N) as retries: expected a whole number, got text',
  );
});

Deno.test("loadConfig() comes to the same configuration from what config show --resolved prints", async () => {
  const duration = fc.integer({ min: 1, max: 1e6 });
  const input: fc.Arbitrary<ConfigInput> = fc.record({
    name: fc.string({ minLength: 1 }).filter((name) => !name.includes("${env:")),
    retries: fc.nat(),
    retryBackoff: fc.record({ initial: duration, jitter: fc.double({ min: 0, max: 1, noNaN: true }) }),
    cache: fc.boolean(),
    walltime: duration,
    killDelay: fc.nat(1e6),
    resume: fc.constantFrom<boolean | string>(true, false, "last", "runs/0007"),
    executors: fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][\w.-]{0,8}$/), { minLength: 1, maxLength: 4 }).map(
      (labels) => labels.map((label) => threads({ label, maxThreads: 2, memPerWorker: 1.5 })),
    ),
  }, { requiredKeys: [] });
  await withDir(async (dir) => {
    await fc.assert(
      fc.asyncProperty(input, async (input) => {
        const first = await loadWithTree(input, REGISTRY);
        await Deno.writeTextFile(`${dir}/c.yml`, resolvedYaml(first, REGISTRY));
        const again = await loadWithTree(`${dir}/c.yml`, REGISTRY);
        assertEquals(again.config, first.config);
      }),
      { numRuns: 100 },
    );
  });
});
