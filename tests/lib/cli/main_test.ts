import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS, main } from "../../../lib/cli/main.ts";
import { VERSION } from "../../../lib/version.ts";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(...args: string[]): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await main(args, { out: (text) => void (out += text), err: (line) => void (err += `${line}\n`) });
  return { code, out, err };
}

async function withFile(text: string, body: (file: string) => Promise<void>): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    await Deno.writeTextFile(file, text);
    await body(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("main() lists every command in --help, on stdout", async () => {
  const { code, out, err } = await run("--help");
  assertEquals([code, err], [0, ""]);
  for (const { name, summary } of COMMANDS) {
    assertStringIncludes(out, name);
    assertStringIncludes(out, summary);
  }
});

Deno.test("main() explains each command with --help", async () => {
  for (const command of COMMANDS) {
    const { code, out } = await run(...command.name.split(" "), "--help");
    assertEquals(code, 0);
    assertStringIncludes(out, `Usage: sluice ${command.name}`);
    for (const option of command.options) assertStringIncludes(out, `--${option.name}`);
  }
});

Deno.test("main() prints the version", async () => {
  assertEquals(await run("--version"), { code: 0, out: `sluice ${VERSION} (deno ${Deno.version.deno})\n`, err: "" });
});

Deno.test("main() returns 2 and the fix for a command line it does not understand", async () => {
  const cases: readonly [readonly string[], string][] = [
    [[], "Cannot run nothing: name a command\nhint: see sluice --help\n"],
    [["cofnig"], 'Cannot run "cofnig": there is no such command; did you mean "config"?\nhint: see sluice --help\n'],
    [
      ["config", "chekc", "x"],
      'Cannot run "config chekc": there is no such command; did you mean "config check"?\nhint: see sluice config --help\n',
    ],
    [
      ["config"],
      'Cannot run "config" alone: name config check, config show, config schema, config docs\n' +
      "hint: see sluice config --help\n",
    ],
    [["config", "check"], 'Cannot run "config check": FILE is missing\nhint: see sluice config check --help\n'],
    [
      ["config", "check", "a", "b"],
      'Cannot run "config check": "b" is one word too many\nhint: see sluice config check --help\n',
    ],
    [
      ["config", "show", "a", "--resolve"],
      'Cannot use --resolve with "config show": there is no such option; did you mean --resolved?\n' +
      "hint: see sluice config show --help\n",
    ],
    [["config", "docs", "--update"], "Cannot use --update without FILE\nhint: see sluice config docs --help\n"],
    [["--verison"], "Cannot use --verison: there is no such option\nhint: see sluice --help\n"],
  ];
  for (const [args, message] of cases) {
    assertEquals(await run(...args), { code: 2, out: "", err: message });
  }
});

Deno.test("config check says ok on stdout, and what is wrong on stderr without a stack", async () => {
  await withFile("executors:\n  - kind: threads\n    label: a\n  - kind: threads\n", async (file) => {
    assertEquals(await run("config", "check", file), {
      code: 0,
      out: `${file}: ok, 2 executors: a (threads), threads\n`,
      err: "",
    });
  });
  await withFile("retrys: 1\n", async (file) => {
    assertEquals(await run("config", "check", file), {
      code: 1,
      out: "",
      err: `${file}:1:1 Cannot use "retrys" in the configuration: unknown key; did you mean "retries"?\n`,
    });
  });
});

Deno.test("config show puts files and variables together", async () => {
  await withFile('retries: ${env:SLUICE_NOT_SET_HERE:-4}\nwalltime: "2h"\n', async (file) => {
    const plain = await run("config", "show", file);
    assertEquals(plain, { code: 0, out: "retries: 4\nwalltime: 2h\n", err: "" });
    const resolved = await run("config", "show", "--resolved", file);
    assertStringIncludes(resolved.out, `retries: 4 # $SLUICE_NOT_SET_HERE (${file}:1)\n`);
    assertStringIncludes(resolved.out, "cache: false # default\n");
    assertStringIncludes(resolved.out, `walltime: 2h # ${file}:2\n`);
    const json: unknown = JSON.parse((await run("config", "show", file, "--resolved", "--json")).out);
    assertEquals((json as Record<string, unknown>)["walltime"], { value: "2h", from: `${file}:2` });
    assertEquals(JSON.parse((await run("config", "show", file, "--json")).out), { retries: 4, walltime: "2h" });
  });
});

Deno.test("config schema prints JSON", async () => {
  const { code, out } = await run("config", "schema");
  assertEquals([code, JSON.parse(out)["$schema"]], [0, "https://json-schema.org/draft/2020-12/schema"]);
});

Deno.test("the command line as a program: results on stdout, errors on stderr, exit codes", async () => {
  const main = new URL("../../../lib/cli/main.ts", import.meta.url).href;
  const cases: readonly [readonly string[], number, string, string][] = [
    [["config", "check", "/nowhere.yml"], 1, "", "Cannot read the configuration /nowhere.yml: there is no such file\n"],
    [["config", "check", "."], 1, "", "Cannot read the configuration .: it is a directory; name a file in it\n"],
  ];
  for (const [args, code, out, err] of cases) {
    const result = await new Deno.Command(Deno.execPath(), { args: ["run", "--quiet", "-A", main, ...args] }).output();
    const text = new TextDecoder();
    assertEquals([result.code, text.decode(result.stdout), text.decode(result.stderr)], [code, out, err]);
  }
  const denied = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-sys", main, "config", "check", "c.yml"],
  }).output();
  assertEquals(
    new TextDecoder().decode(denied.stderr),
    "Cannot read the configuration c.yml: the script has no permission for it\n" +
      "hint: run it with --allow-read=c.yml (or -A)\n",
  );
});
