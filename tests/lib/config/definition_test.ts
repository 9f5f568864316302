import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type Config, type ConfigInput, createExecutor, REGISTRY } from "../../../executors/mod.ts";
import { choice, createFrom } from "../../../lib/config/definition.ts";
import { loadConfig, writtenForm } from "../../../lib/config/load.ts";
import * as z from "../../../lib/deps/zod.ts";
import { ConfigError } from "../../../lib/errors/mod.ts";
import { defineLauncher, type Launcher } from "../../../launchers/launcher.ts";
import type { Made } from "./third_party/my_executor.ts";

const EXECUTOR = import.meta.resolve("./third_party/my_executor.ts");
const PROVIDER = import.meta.resolve("./third_party/my_provider.ts");

function load(input: unknown): Promise<Config> {
  // What a script without types can do.
  return loadConfig(input as ConfigInput, REGISTRY);
}

async function first(input: unknown): Promise<Config["executors"][number]> {
  const [executor] = (await load(input)).executors;
  if (executor === undefined) throw new Error("no executor");
  return executor;
}

Deno.test("use takes a definition that is in no list, with defaults and codecs of its own", async () => {
  const config = await first({ executors: [{ use: EXECUTOR, patience: "1h" }] });
  assertEquals(config, { kind: "use", use: EXECUTOR, label: "mine", patience: 3600 } as unknown as typeof config);
  const made = await createExecutor(config) as Made;
  assertEquals([made.label, made.kind], ["mine", "mine"]);
  assertEquals(made.madeFrom, { kind: "mine", label: "mine", patience: 3600 });
});

Deno.test("use nests: a third party's executor takes a third party's provider", async () => {
  const config = await first({ executors: [{ use: EXECUTOR, provider: { use: PROVIDER, queue: "debug" } }] });
  const made = await createExecutor(config) as Made;
  assertEquals(made.providerKind, "myCluster debug");
});

Deno.test("use counts its path from the file it is in", async () => {
  const dir = await Deno.makeTempDir({ dir: new URL("./third_party/", import.meta.url).pathname });
  try {
    await Deno.writeTextFile(`${dir}/c.yml`, "executors:\n  - use: ../my_executor.ts\n    patience: 5m\n");
    const config = await first(`${dir}/c.yml`);
    assertEquals([config.kind, config.label], ["use", "mine"]);
    const wrong =
      "executors:\n  - use: ../my_executor.ts\n    patiense: 5m\n    provider:\n      use: ../my_provider.ts\n" +
      "      queue: 3\n";
    await Deno.writeTextFile(`${dir}/c.yml`, wrong);
    const error = await assertRejects(() => load(`${dir}/c.yml`), ConfigError);
    assertEquals(
      error.message.replaceAll(`${dir}/`, ""),
      'c.yml:3:5 Cannot use "patiense" in executors[0]: unknown key; did you mean "patience"?\n' +
        "c.yml:6:14 Cannot use 3 as executors[0].provider.queue: expected text",
    );
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("use says what is wrong with the module", async () => {
  const none = import.meta.resolve("./third_party/none.ts");
  const cases: readonly [unknown, string][] = [
    [{ use: none }, `"${none}" as executors[0].use: there is no such file`],
    [
      { use: PROVIDER },
      `"${PROVIDER}" as executors[0].use: it defines another thing, of role "provider"; an executor goes here`,
    ],
    [
      { use: import.meta.url },
      `"${import.meta.url}" as executors[0].use: it must default-export the definition of an executor`,
    ],
    [
      { use: EXECUTOR, kind: "threads" },
      `"${EXECUTOR}" as executors[0].use: it has a kind too; use takes the place of kind`,
    ],
    [{ use: 3 }, "3 as executors[0].use: expected the path of a module"],
    [
      { use: EXECUTOR, provider: { kind: "slurm" } },
      '"slurm" as executors[0].provider.kind: unknown kind; there are none',
    ],
  ];
  for (const [executor, message] of cases) {
    const error = await assertRejects(() => load({ executors: [executor] }), ConfigError);
    // Long addresses are cut; what matters is the rest.
    assertEquals(error.message.split("as executors").at(-1), message.split("as executors").at(-1));
  }
});

Deno.test("writtenForm() gives back what a third party's options were", async () => {
  const config = await load({ executors: [{ use: EXECUTOR, patience: 90 }] });
  const { executors } = writtenForm(config, REGISTRY);
  const expected: unknown = [{ kind: "use", use: EXECUTOR, label: "mine", patience: "1m30s" }];
  assertEquals<unknown>(executors, expected);
  assertEquals(await load({ executors }), config);
});

Deno.test("choice() narrows by kind and createFrom() makes the kind that was chosen", async () => {
  const made: Launcher = { kind: "plain", wrap: (command) => command };
  const plain = defineLauncher({ kind: "plain", summary: "As it is.", options: {}, create: () => made });
  const prefixed = defineLauncher({
    kind: "prefixed",
    summary: "After something.",
    options: { prefix: z.string().default("time") },
    create: ({ prefix }) => ({ kind: "prefixed", wrap: (command) => `${prefix} ${command}` }),
  });
  const list = [plain, prefixed] as const;
  const schema = choice("launcher", list);
  const config = schema.parse({ kind: "prefixed" });
  if (config.kind !== "prefixed") throw new Error("wrong kind");
  const prefix: string = config.prefix;
  assertEquals(prefix, "time");
  assertEquals((await createFrom<Launcher>(list, config)).wrap("x", { nodes: 1, tasksPerNode: 1 }), "time x");
  assertStrictEquals(await createFrom<Launcher>(list, schema.parse({ kind: "plain" })), made);
  // @ts-expect-error no such kind
  const wrong: z.input<typeof schema> = { kind: "plane" };
  assertEquals(schema.safeParse(wrong).success, false);
});
