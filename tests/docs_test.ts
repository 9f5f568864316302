import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { OPTION_NAMES } from "../lib/apps/options.ts";
import * as errors from "../lib/errors/mod.ts";

const ROOT = fromFileUrl(import.meta.resolve("../"));
const PAGES = ["README.md", "docs/start.md", "docs/apps.md", "docs/errors.md", "docs/coming_from_parsl.md"];

interface Fence {
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page. */
function fences(page: string): Fence[] {
  return [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map((match) => ({
    line: page.slice(0, match.index).split("\n").length,
    language: match[1] ?? "",
    text: match[2] ?? "",
  }));
}

/** A block of output as a pattern: `…` is any text, alone on a line any lines. */
function pattern(expected: string): RegExp {
  const lines = expected.replace(/\n+$/, "").split("\n").map((line) =>
    line === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(RegExp.escape).join(".*")}\\n`
  );
  return new RegExp(`^${lines.join("")}\\n*$`);
}

for (const name of PAGES) {
  Deno.test(`${name}: every script in it compiles, runs and prints what the next block says`, async (t) => {
    const all = fences(await Deno.readTextFile(join(ROOT, name)));
    const dir = await Deno.makeTempDir();
    try {
      const scripts = all.flatMap(({ line, language, text }, i) => {
        if (language !== "ts" || !text.includes('/mod.ts"')) return [];
        const next = all[i + 1];
        return [{
          line,
          text,
          path: `line_${line}/script.ts`,
          expected: next?.language === "text" ? next.text : undefined,
        }];
      });
      if (scripts.length === 0) return;
      for (const { path, text } of scripts) {
        await Deno.mkdir(join(dir, path, ".."));
        const here = text.replaceAll('"./sluice/mod.ts"', JSON.stringify(import.meta.resolve("../mod.ts")));
        await Deno.writeTextFile(join(dir, path), here);
      }
      // All at once: most of the time goes into the types of the toolkit.
      await t.step("types", async () => void await runDeno(dir, ["check", ...scripts.map(({ path }) => path)]));
      for (const { line, path, expected } of scripts) {
        await t.step(`line ${line}`, async () => {
          const told = await runDeno(join(dir, path, ".."), ["run", "-A", "script.ts"]);
          if (expected !== undefined) assertMatch(told.stdout, pattern(expected), told.stderr);
        });
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

/** Runs the runtime as a reader would, in a folder elsewhere, and gives what it printed; it must not fail. */
async function runDeno(cwd: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const told = { stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  assertEquals(code, 0, `${args.join(" ")}\n--- stdout\n${told.stdout}\n--- stderr\n${told.stderr}`);
  return told;
}

Deno.test("docs: every configuration in them is one that load() takes", async () => {
  let seen = 0;
  for (const name of PAGES) {
    for (const { language, text } of fences(await Deno.readTextFile(join(ROOT, name)))) {
      if (language !== "yaml") continue;
      seen += 1;
      const script =
        'await using wf = await load("here.yml"); if (wf.executors.length !== 1) throw new Error("which?");';
      assertEquals(await runAs(script, ["-A"], text), { success: true, stderr: "" });
    }
  }
  assertEquals(seen, 2);
});

Deno.test("docs link to files that are there", async () => {
  for (const name of PAGES) {
    const page = await Deno.readTextFile(join(ROOT, name));
    for (const [, target = ""] of page.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const path = join(ROOT, name, "..", target);
      assert(await Deno.stat(path).then(() => true, () => false), `${name} links to ${target}, which is not there`);
    }
  }
});

/** Every error class that can be thrown, with its code, as the sources have them. */
async function codes(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const folder = join(ROOT, "lib/errors");
  for await (const { name } of Deno.readDir(folder)) {
    const source = await Deno.readTextFile(join(folder, name));
    for (const block of source.split(/^export (?=(?:abstract )?class )/m).slice(1)) {
      const className = /^class (\w+)/.exec(block)?.[1];
      const code = /^ {2}readonly code = "(\w+)"/m.exec(block)?.[1];
      if (className !== undefined && code !== undefined) found.set(className, code);
    }
  }
  return found;
}

Deno.test("docs/errors.md has every exported error class, with its code, and no other", async () => {
  const page = await Deno.readTextFile(join(ROOT, "docs/errors.md"));
  const rows = new Map([...page.matchAll(/^\| `([A-Z_]+)` \| `(\w+)` \|/gm)].map(([, code, name]) => [name, code]));
  const sources = await codes();
  assert(sources.size >= 20, "the classes were not found in the sources");
  assertEquals([...rows].sort(), [...sources].sort());
  for (const [name, value] of Object.entries(errors)) {
    if (typeof value !== "function" || !(value.prototype instanceof errors.ToolkitError)) continue;
    assertStringIncludes(page, `\`${name}\``);
    if (!sources.has(name)) {
      assert(["AppError", "ExecutorError", "ProviderError"].includes(name), `${name} has no code`);
    }
  }
});

/** What each row of the table of permissions is about, as a script. */
const ROWS: Readonly<Record<string, string>> = {
  "function apps": `await app((x: number) => x * x)(3);`,
  "bash apps": "await bash`echo hi`();",
  "bash apps that write an `output()`": 'await bash((o: OutputFile) => sh`echo hi | tee ${o}`)(output("made.txt"));',
  "bash apps with `stdout` or `stderr` in files": 'await bash`echo hi; echo ho >&2`.with({ stdout: "o.txt" })();',
  "`load()`, `cache`, `resume`, with function apps":
    "await using _wf = await load({ cache: true, resume: true }); await app((x: number) => x * x)(3);",
  '`load("here.yml")`, with function apps':
    'await using _wf = await load("here.yml"); await app((x: number) => x * x)(3);',
  "function apps with `permissions`": 'await app(() => 1, { permissions: "none" })();',
};

Deno.test("README.md: the permissions it lists are enough, and none of them can be left out", async (t) => {
  const page = await Deno.readTextFile(join(ROOT, "README.md"));
  const rows = [...page.matchAll(/^\| `threads` +\| (.+?) +\| `(--allow-[^|]+?)` +\|$/gm)];
  assertEquals(rows.map((row) => row[1]).sort(), Object.keys(ROWS).sort());
  for (const [, title = "", flags = ""] of rows) {
    await t.step(title, async () => {
      const given = flags.replaceAll("$SLUICE", ROOT).replaceAll("$DENO", Deno.execPath()).split(" ");
      assertEquals(await runAs(ROWS[title] ?? "", given), { success: true, stderr: "" });
      for (const fewer of fewerFlags(given)) {
        const { success, stderr } = await runAs(ROWS[title] ?? "", fewer);
        assert(!success, `it runs with ${fewer.join(" ")} as well`);
        assert(stderr !== "", "it says nothing");
      }
    });
  }
});

/** Each way of giving one permission less: a flag, or one of the things a flag names. */
function fewerFlags(flags: readonly string[]): string[][] {
  return flags.flatMap((flag, i) => {
    const [name = "", values = ""] = flag.split("=");
    const all = values.split(",");
    return all.map((value) => {
      const left = all.filter((other) => other !== value);
      return left.length === 0 ? flags.toSpliced(i, 1) : flags.toSpliced(i, 1, `${name}=${left.join(",")}`);
    });
  });
}

/** Runs a script with these flags only, in a directory that is neither the temporary one nor in the toolkit. */
async function runAs(
  script: string,
  flags: readonly string[],
  yaml = "retries: 1\n",
): Promise<{ success: boolean; stderr: string }> {
  const cwd = await Deno.makeTempDir({ dir: "/var/tmp" });
  try {
    const imports = `import { app, bash, load, output, type OutputFile, sh } from ${
      JSON.stringify(import.meta.resolve("../mod.ts"))
    };`;
    await Deno.writeTextFile(join(cwd, "script.ts"), `${imports}\nvoid [app, bash, load, output, sh];\n${script}\n`);
    await Deno.writeTextFile(join(cwd, "here.yml"), yaml);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...flags, "script.ts"],
      cwd,
      env: { NO_COLOR: "1", TMPDIR: "/tmp" },
    }).output();
    return { success, stderr: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("docs/apps.md has every option of apps, and no other", async () => {
  const page = await Deno.readTextFile(join(ROOT, "docs/apps.md"));
  const table = page.slice(page.indexOf("| option | what |"), page.indexOf("An unknown option"));
  const rows = [...table.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap((m) => (m[1] ?? "").match(/\w+/g) ?? []);
  assertEquals(rows.sort(), OPTION_NAMES.toSorted());
});
