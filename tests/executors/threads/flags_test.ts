import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openLab } from "../../parsl/helpers.ts";
import { runScript, TOOLKIT } from "./helpers.ts";

/** Runs two tasks, and says how each ended. */
const REPORT = `
const ends = await Promise.allSettled([task(), task()]);
for (const end of ends) {
  if (end.status === "fulfilled") console.log("value", JSON.stringify(end.value));
  else console.log(end.reason.constructor.name, end.reason.flag, end.reason.message.split("\\n").join(" | "));
}`;

const FUNCTION = `const task = app(() => 42, { name: "answer" });${REPORT}`;
const BASH = `const task = bash\`echo 42\`.text();${REPORT}`;
const STDOUT = `const task = bash(() => sh\`echo 42\`, { stdout: "here/out.txt" });${REPORT}`;
const APART = `const task = app(() => 42, { permissions: "none" });${REPORT}`;
const OUTPUT = `const make = bash((out: OutputFile) => sh\`echo 42 > \${out}\`);
const task = () => make(output("made/file.txt"));${REPORT}`;
const LOADED = `let wf;
try {
  wf = await load({ progress: "off" });
  await app(() => 42, { cache: true })();
  await wf.close();
  console.log("value 42");
} catch (e) {
  console.log(e.constructor.name, e.flag, e.message.split("\\n").join(" | "));
}`;

const RUN = "--allow-run=bash";
/** Where scripts keep what they need for themselves. */
const READ = "--allow-read=tmp";
const WRITE = "--allow-write=tmp";

/** Scripts, the flags they are given, and the flag their error names; none when these are enough. */
const CASES: readonly (readonly [what: string, body: string, flags: readonly string[], missing: RegExp | undefined])[] =
  [
    ["functions", FUNCTION, [`--allow-read=${TOOLKIT}`], undefined],
    ["functions", FUNCTION, [], new RegExp(`^--allow-read=${TOOLKIT}$`)],
    ["functions", FUNCTION, ["--allow-read=/usr"], new RegExp(`^--allow-read=${TOOLKIT}$`)],
    ["scripts", BASH, [RUN, READ, WRITE], undefined],
    ["scripts", BASH, [READ, WRITE], /^--allow-run=bash$/],
    ["scripts", BASH, ["--allow-run=ls", READ, WRITE], /^--allow-run=bash$/],
    ["scripts", BASH, [RUN, READ], /^--allow-write/],
    ["scripts", BASH, [RUN, WRITE], /^--allow-read/],
    ["scripts", BASH, [RUN], /^--allow-(read|write)/],
    ["scripts with stdout in a file", STDOUT, [RUN, READ, `${WRITE},.`], undefined],
    ["scripts with stdout in a file", STDOUT, [RUN, READ, WRITE], /^--allow-write=.*here$/],
    ["scripts that make files", OUTPUT, [RUN, `${READ},.`, `${WRITE},.`], undefined],
    ["scripts that make files", OUTPUT, [RUN, `${READ},.`, WRITE], /^--allow-write=.*made$/],
    ["functions with permissions", APART, [`--allow-run=${Deno.execPath()}`], undefined],
    ["functions with permissions", APART, [RUN], new RegExp(`^--allow-run=${Deno.execPath()}$|^--allow-run$`)],
    ["functions with permissions", APART, [], new RegExp(`^--allow-run=${Deno.execPath()}$|^--allow-run$`)],
    ["load() and cache", LOADED, [`--allow-read=${TOOLKIT},runs`, "--allow-write=runs"], undefined],
    ["load() and cache", LOADED, [`--allow-read=${TOOLKIT},runs`], /--allow-write=/],
    ["load() and cache", LOADED, [`--allow-read=${TOOLKIT}`, "--allow-write=runs"], /--allow-read=/],
  ];

for (const [what, body, flags, missing] of CASES) {
  const given = flags.length === 0 ? "no flag" : flags.join(" ").replaceAll(TOOLKIT, "$SLUICE");
  const then = missing === undefined ? "is enough" : "gives each task one error that names what is missing";
  Deno.test(`flags: ${what} with ${given.replaceAll(Deno.execPath(), "$DENO")} ${then}`, async () => {
    await using lab = await openLab();
    await Deno.mkdir(lab.path("tmp"));
    const { code, out, err } = await runScript(lab.dir, "app, bash, load, output, type OutputFile, sh", body, flags);
    assertEquals(code, 0, err);
    const lines = out.trim().split("\n");
    assertEquals(lines.length, what.startsWith("load") ? 1 : 2, out + err);
    for (const line of lines) {
      if (missing === undefined) {
        assert(line.startsWith("value "), line);
        continue;
      }
      const [, name, flag = ""] = /^(\w+) (--.*?) (?!--)/.exec(line) ?? [];
      assertEquals(name, "PermissionError", line);
      assert(missing.test(flag), `${flag} is not ${missing}`);
      assertStringIncludes(line, `run it with ${flag} (or -A)`);
    }
    assert(!/Uncaught|unhandled/i.test(err), err);
  });
}
