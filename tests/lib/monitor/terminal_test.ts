import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { FakeTerminal } from "../../fake_terminal.ts";

const FIXTURE = fromFileUrl(new URL("./terminal_fixture.ts", import.meta.url));
const HAS_SCRIPT = Deno.build.os === "linux" && await canRun("script");

async function canRun(command: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Runs the fixture under a terminal of its own and returns all that the terminal was sent. */
async function onTerminal(ending: string, env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await new Deno.Command("script", {
    args: ["-qec", `'${Deno.execPath()}' run -A --no-check --quiet '${FIXTURE}' ${ending}`, "/dev/null"],
    env: { TERM: "xterm", CI: "", NO_COLOR: "1", ...env },
    stdin: "null",
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name: "stderrTerminal() leaves the terminal clean however the script ends (needs the program script)",
  ignore: !HAS_SCRIPT,
  fn: async () => {
    for (const ending of ["end", "exit", "throw"]) {
      const sent = await onTerminal(ending);
      assertStringIncludes(sent, "3/10");
      const terminal = new FakeTerminal({ rows: 50 });
      terminal.write(sent);
      assert(terminal.cursorVisible);
      assertEquals(terminal.screen[0], "printed while it runs", ending);
      assertEquals(terminal.screen.some((line) => line.includes("align ")), false, ending);
      assertEquals(terminal.screen.some((line) => line.includes("the script broke")), ending === "throw");
    }
  },
});

Deno.test({
  name: "stderrTerminal() draws nothing on a dumb terminal and in CI (needs the program script)",
  ignore: !HAS_SCRIPT,
  fn: async () => {
    for (const env of [{ TERM: "dumb" }, { CI: "true" }]) {
      assertEquals(await onTerminal("end", env), "printed while it runs\r\n");
    }
  },
});

Deno.test("stderrTerminal() needs no permission and draws nothing into a pipe", async () => {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--quiet", FIXTURE, "exit"],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  assertEquals([text.decode(stdout), text.decode(stderr), code], ["printed while it runs\n", "", 3]);
  assertFalse(text.decode(stderr).includes("\x1b"));
});
