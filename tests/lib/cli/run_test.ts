import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { main } from "../../../lib/cli/main.ts";

const MAIN = new URL("../../../lib/cli/main.ts", import.meta.url).href;

/** Writes a script into a directory of its own. */
async function withScript(text: string, body: (script: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const script = join(dir, "script.ts");
    await Deno.writeTextFile(script, text);
    await body(script);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function start(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("run hands words and options to the script, its streams and its exit code back", async () => {
  const text = `console.log(JSON.stringify(Deno.args), await new Response(Deno.stdin.readable).text());
console.error("told");
Deno.exit(7);`;
  await withScript(text, async (script) => {
    const child = start("run", script, "--help", "007", "-x", "--", "--version");
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("asked"));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    assertEquals(new TextDecoder().decode(stdout), '["--help","007","-x","--","--version"] asked\n');
    assertEquals(new TextDecoder().decode(stderr), "told\n");
    assertEquals(code, 7);
  });
});

Deno.test("run ends the script when it is told to end, and says by which signal", async () => {
  await withScript('console.log("up"); setInterval(() => {}, 1000);', async (script) => {
    const child = start("run", script);
    const reader = child.stdout.getReader();
    assertEquals(new TextDecoder().decode((await reader.read()).value), "up\n");
    child.kill("SIGTERM");
    assertEquals((await reader.read()).done, true);
    assertEquals((await child.status).code, 128 + 15);
    await child.stdin.close();
    await child.stderr.cancel();
  });
});

Deno.test("run asks for a script, and has no options of its own but --help", async () => {
  const told: string[] = [];
  const output = {
    out: (text: string): void => void told.push(text),
    err: (line: string): void => void told.push(line),
  };
  assertEquals(await main(["run"], output), 2);
  assertStringIncludes(told.join(""), 'Cannot run "run": SCRIPT is missing');
  assertEquals(await main(["run", "--no-such", "x.ts"], output), 2);
  assertStringIncludes(told.join(""), 'Cannot use --no-such with "run": there is no such option');
  assertEquals(await main(["run", "--help"], output), 0);
  assertStringIncludes(told.join(""), "Usage: sluice run SCRIPT [ARGS...]\n");
});
