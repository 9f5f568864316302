import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isBareCommand, ownProcess, prelude, quote } from "../../../lib/command/shell_script.ts";

const PLAIN = { strict: true, cwd: undefined, env: undefined, stdout: undefined, stderr: undefined };

async function bash(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("prelude() is one line, whatever it is given", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(text, fc.boolean(), (s, append) => {
    const line = prelude({ ...PLAIN, cwd: s, env: { A: s }, stdout: { path: s, append }, stderr: { path: s, append } });
    assertEquals(line.indexOf("\n"), line.length - 1);
  }));
});

Deno.test("prelude() sets the strict options last, so that they do not judge our own line", () => {
  assert(prelude({ ...PLAIN, cwd: "/" }).endsWith(";set +m -euo pipefail\n"));
  assertEquals(prelude({ ...PLAIN, strict: false }), "set +m\n");
});

Deno.test("quote() makes one word that bash gives back unchanged", async () => {
  const nasty = ["", "a b", "it's", "''", "$HOME `id` $(id)", "a\nb", "\\", "-n", "*", "!x", "é \u{1F600}", "~"];
  const out = await bash(`printf '%s\\0' ${nasty.map(quote).join(" ")}`);
  assertEquals(out.split("\0").slice(0, -1), nasty);
});

Deno.test("ownProcess() replaces the shell by another that reads the file", async () => {
  const path = await Deno.makeTempFile({ prefix: "it's " });
  try {
    await Deno.writeTextFile(path, "echo $- $$ $0; false; echo not reached");
    const out = await bash(`echo $$; ${ownProcess("bash", path, true)}`);
    const [before, after = ""] = out.trimEnd().split("\n");
    assert(/^\w*e\w*u\w* /.test(after), after);
    assertEquals(after.split(" ")[1], before);
    assert(after.endsWith(path));
    assert(!out.includes("not reached"));
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("isBareCommand() accepts a program by its path and words without meaning", () => {
  for (const yes of ["./sim", "./sim --seed 3", "/usr/bin/env\n", "bin/x a=b c:d ,e @f %g", "\n  ./run.sh -x\n"]) {
    assertEquals(isBareCommand(yes), true, yes);
  }
});

Deno.test("isBareCommand() refuses all that bash would do something with", () => {
  const no = ["sim", "true", "echo /a/b", "A=1 ./x", "A=/b x", "./x; ./y", "./x & ", "./x | ./y", "./x > o", "./x *"];
  no.push(
    "./x $A",
    "./x `y`",
    "./x 'a'",
    './x "a"',
    "./x\n./y",
    "./x {a,b}",
    "~/x",
    "./x ~",
    "./x #c",
    "./x \\",
    "!/x",
  );
  no.push("./x [a]", "./x ?", "./x (a)", "", "/", "if /x", "./x <o", "./x !", "./x a\tb\rc");
  for (const script of no) assertEquals(isBareCommand(script), false, script);
});
