import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runScript, type TempDir, tempDir } from "./helpers.ts";

const MOD = import.meta.resolve("../../mod.ts");
const CLI = fromFileUrl(import.meta.resolve("../../lib/cli/main.ts"));

/** A script with one app of each kind of code; `before` and `inside` come before the apps and into them. */
function script(before = "", inside = ""): string {
  return `import { app, bash, load, sh } from ${JSON.stringify(MOD)};
await using wf = await load({ runDir: Deno.args[0], resume: true, cache: true, progress: "off" });
${before}
const plain = app((x: number) => {${inside}
  const y = x + 1;
  return y;
}, { name: "plain" });
const shell = bash((x: number) => sh\`echo $(( \${x} + 1 ))\`, { name: "shell" }).text();
const inner = app(async (x: number) => {
  const { half } = await import("./half.ts");
  return half(x);
}, { name: "inner" });
const outer = app(import.meta.resolve("./tasks.ts"), "whole", { name: "outer" });
const tasks = { plain: plain(1), shell: shell(1), inner: inner(4), outer: outer(4) };
for (const [name, task] of Object.entries(tasks)) console.log(name, await task, task.state);
`;
}

const HALF = "export function half(x: number): number { return x / 2; }\n";
const TASKS = `import { half } from "./half.ts";\nexport function whole(x: number): number { return 2 * half(x); }\n`;

async function states(dir: TempDir): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await runScript(dir.path("script.ts"), [dir.path("runs")]);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return Object.fromEntries(stdout.trim().split("\n").map((line) => [line.split(" ")[0], line.replace(/^\w+ /, "")]));
}

Deno.test("A changed script runs again what changed in the text of functions and modules, not what moved in a file", async () => {
  using dir = tempDir();
  dir.write("script.ts", script());
  dir.write("half.ts", HALF);
  dir.write("tasks.ts", TASKS);
  assertEquals(await states(dir), { plain: "2 done", shell: "2 done", inner: "2 done", outer: "4 done" });
  const all = { plain: "2 memoized", shell: "2 memoized", inner: "2 memoized", outer: "4 memoized" };

  dir.write("script.ts", script("// One line more.\nconst unused: number = 1;\nvoid unused;\n"));
  assertEquals(await states(dir), all, "what only moved");

  dir.write("script.ts", script("", "\n  x += 1;"));
  assertEquals(await states(dir), { ...all, plain: "3 done" }, "the function was changed");
  dir.write("script.ts", script());

  dir.write("tasks.ts", TASKS.replace("2 *", "3 *"));
  assertEquals(await states(dir), { ...all, outer: "6 done" }, "the module was changed");

  dir.write("tasks.ts", TASKS);
  dir.write("half.ts", HALF.replace("x / 2", "x / 4"));
  assertEquals(await states(dir), { ...all, inner: "1 done", outer: "2 done" }, "what it imports was changed");

  const asked = await runScript(CLI, ["explain", "t3", "--run", dir.path("runs", "0005")]);
  assertEquals([asked.code, asked.stderr], [0, ""]);
  assertMatch(asked.stdout, /^task t3 "inner" was not taken from the cache of .*\n/);
  assertStringIncludes(asked.stdout, "/half.ts changed");
  const module = await runScript(CLI, ["explain", "--cache", "4", "--run", dir.path("runs", "0004")]);
  assertStringIncludes(module.stdout, "the module, or a file it imports, changed");
});
