import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tempDir } from "../../../parsl/helpers.ts";

const MOD = import.meta.resolve("../../../../mod.ts");
const HAS_SCRIPT = Deno.build.os === "linux" && await canRun("script");

/** Each way to write an app, and what it is called; `fn1` stands for a made-up name. */
const WRITTEN: readonly (readonly [code: string, name: string])[] = [
  ["const square = app((x) => x * x);\nlist(square);", "square"],
  ["const a1 = app((x) => x * x), rest = 1;\nlist(a1, rest);", "a1"],
  ["let later;\nlater = app((x) => x);\nlist(later);", "later"],
  ["const typed: App<[number], number> = app((x: number) => x);\nlist(typed);", "typed"],
  ["const generic = app<[number], number>((x) => x);\nlist(generic);", "generic"],
  ["const o = {\n  member: app((x) => x),\n};\nlist(o.member);", "member"],
  ["const o = { inline: app((x) => x) };\nlist(o.inline);", "inline"],
  ["const broken =\n  app((x) => x);\nlist(broken);", "broken"],
  ["const broken = app(\n  (x) => x,\n);\nlist(broken);", "broken"],
  ["const waited = await app((x) => x);\nlist(waited);", "waited"],
  ["class Holder { static field = app((x) => x); }\nlist(Holder.field);", "field"],
  ["const $_x1 = app((x) => x);\nlist($_x1);", "$_x1"],
  ["const withOptions = app((x) => x, { retries: 1 });\nlist(withOptions);", "withOptions"],
  ["const given = app((x) => x, { name: 'own' });\nlist(given);", "own"],
  ["const fnName = app(function inner(x) { return x; });\nlist(fnName);", "inner"],
  ["const tag = bash`sleep 1`;\nlist(tag);", "tag"],
  ["const fit = bash((x) => sh`echo ${x}`);\nlist(fit);", "fit"],
  ["const joined = join(() => []);\nlist(joined);", "joined"],
  ["list(bash`sleep 1`);", "sleep"],
  ["list(app((x) => x));", "fn1"],
  ["const one = app((x) => x), two = app((x) => x);\nlist(one);", "fn1"],
  ["function make() { return app((x) => x); }\nlist(make());", "fn1"],
  ["const apps = [1].map((n) => app((x) => x));\nlist(apps[0]);", "fn1"],
  ["list(join(() => []));", "join"],
];

async function canRun(command: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

function script(code: string): string {
  return `import { type App, app, bash, join, sh } from ${JSON.stringify(MOD)};
function list(made, ..._more) { console.log(made.appName); }
${code}
`;
}

/** What a script prints that is run with some permissions. */
async function printed(path: string, ...flags: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--quiet", ...flags, path],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout);
}

Deno.test("nameAtCallSite() reads the name off the line in which an app is made, or gives none", async () => {
  await using dir = await tempDir();
  for (const [i, [code]] of WRITTEN.entries()) await Deno.writeTextFile(`${dir.path}/s${i}.ts`, script(code));
  // One process for all: each file is a script of its own.
  const imports = WRITTEN.map((_, i) => `await import("./s${i}.ts");`).join("\n");
  await Deno.writeTextFile(`${dir.path}/all.ts`, imports);
  const names = (await printed(`${dir.path}/all.ts`, "-A")).trim().split("\n");
  assertEquals(names.map((name) => name.replace(/^fn\d+$/, "fn1")), WRITTEN.map(([, name]) => name));
});

Deno.test("nameAtCallSite() gives none when the script may not be read, or has no file", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/script.ts`;
  await Deno.writeTextFile(path, script("const square = app((x) => x * x);\nlist(square);"));
  assertMatch(await printed(path, "--no-prompt"), /^fn\d+\n$/);
  assertEquals(await printed(path, "--no-prompt", `--allow-read=${dir.path}`), "square\n");
  const text = script("const square = app((x) => x * x);\nlist(square);").replace("type App, ", "");
  const url = `data:text/typescript,${encodeURIComponent(text)}`;
  assertMatch(await printed(url, "-A"), /^fn\d+\n$/);
});

Deno.test({
  name: "nameAtCallSite() asks nobody for the permission to read (needs the program script)",
  ignore: !HAS_SCRIPT,
  fn: async () => {
    await using dir = await tempDir();
    const path = `${dir.path}/script.ts`;
    await Deno.writeTextFile(path, script("const square = app((x) => x * x);\nlist(square);"));
    const { stdout } = await new Deno.Command("script", {
      args: ["-qec", `'${Deno.execPath()}' run --no-check --quiet '${path}'`, "/dev/null"],
      env: { TERM: "xterm", NO_COLOR: "1" },
      stdin: "null",
      stderr: "null",
    }).output();
    const sent = new TextDecoder().decode(stdout);
    assertNotMatch(sent, /Allow|requests|permission/i);
    assertMatch(sent.trim(), /^fn\d+$/);
  },
});

Deno.test("nameAtCallSite() is what messages say", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/script.ts`;
  const code = "const halve = app((x) => x / 2);\ntry { halve(() => 1); } catch (e) { list({ appName: e.message }); }";
  await Deno.writeTextFile(path, script(code));
  assertStringIncludes(await printed(path, "-A"), 'Cannot send argument 1 of "halve"');
  assert(fromFileUrl(MOD).endsWith("mod.ts"));
});
