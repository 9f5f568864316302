import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const EXAMPLES = fromFileUrl(import.meta.resolve("../examples/"));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an example in a directory of its own, as a reader would: with -A and nothing else. */
async function run(name: string, cwd: string, args: readonly string[] = []): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(EXAMPLES, name), ...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** What the comment at the end of an example says it prints, as a pattern: `…` is any text, alone on a line any lines. */
async function promised(name: string): Promise<RegExp> {
  const source = await Deno.readTextFile(join(EXAMPLES, name));
  const comment = /\n\/\* prints[^\n]*:\n([^]*?)\*\/\n*$/.exec(source)?.[1];
  assert(comment !== undefined, `${name} does not say what it prints`);
  const lines = comment.replace(/\n+$/, "").split("\n").map((line) =>
    line === "…" ? "(?:.*\\n)*?" : `${line.split("…").map(RegExp.escape).join(".*")}\\n`
  );
  return new RegExp(`^${lines.join("")}\\n*$`);
}

/** Runs an example and holds its stdout against its own comment. */
async function keepsItsPromise(name: string): Promise<Outcome> {
  const cwd = await Deno.makeTempDir();
  try {
    const outcome = await run(name, cwd);
    assertEquals(outcome.code, 0, `${name} ended with ${outcome.code}:\n${outcome.stdout}\n${outcome.stderr}`);
    assertMatch(outcome.stdout, await promised(name), `${name} printed:\n${outcome.stdout}\n${outcome.stderr}`);
    return outcome;
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("01_ensemble.ts fits five networks and draws the figure", async () => {
  const { stdout } = await keepsItsPromise("01_ensemble.ts");
  const values = [...stdout.matchAll(/b = (\d\.\d+) \((\d\.\d+) to (\d\.\d+)\)/g)].map((m) => m.slice(1).map(Number));
  assertEquals(values.length, 5);
  for (const [b = 0, low = 0, high = 0] of values) assert(0.4 < low && low < b && b < high && high < 2, stdout);
  const svg = await Deno.readTextFile(join(EXAMPLES, "output/earthquakes.svg"));
  for (const word of ["Southern California", "Alaska", "magnitude M", "U.S. Geological Survey", "<polygon", "</svg>"]) {
    assertStringIncludes(svg, word);
  }
  assert(!/NaN|undefined|Infinity/.test(svg), "the figure has a value that is not a number");
  // The seeds are fixed, so the figure in the README is this one to the last digit.
  assertEquals(svg, await Deno.readTextFile(join(EXAMPLES, "../docs/ensemble.svg")));
});

Deno.test("02_hello.ts needs no configuration", async () => {
  await keepsItsPromise("02_hello.ts");
});

Deno.test("03_fan_out.ts finds futures inside arrays, objects, Maps and Sets", async () => {
  await keepsItsPromise("03_fan_out.ts");
});

Deno.test("04_files.ts chains apps by the files they write", async () => {
  await keepsItsPromise("04_files.ts");
  const sorted = await Deno.readTextFile(join(EXAMPLES, "output/strong by depth.csv"));
  const depths = sorted.trim().split("\n").map((line) => Number(line.split(",")[3]));
  assert(depths.length > 20);
  assertEquals(depths, depths.toSorted((a, b) => a - b));
});

Deno.test("05_errors.ts shows what errors say", async () => {
  await keepsItsPromise("05_errors.ts");
});

Deno.test("06_resume.ts goes on where a kill -9 stopped it", async () => {
  const cwd = await Deno.makeTempDir();
  try {
    const first = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(EXAMPLES, "06_resume.ts")],
      cwd,
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "null",
    }).spawn();
    let seen = "";
    for await (const text of first.stdout.pipeThrough(new TextDecoderStream())) {
      seen += text;
      if (seen.includes("10 of 40")) break;
    }
    first.kill("SIGKILL");
    assertEquals((await first.status).signal, "SIGKILL");
    const told = seen.trim().split("\n").length;

    const second = await run("06_resume.ts", cwd);
    assertEquals(second.code, 0, second.stderr);
    assertStringIncludes(second.stdout, "sum: 20540\n");
    const memoized = Number(/came from the run before: (\d+)/.exec(second.stdout)?.[1]);
    assert(told >= 10 && memoized >= told && memoized < 40, `${told} were told, ${memoized} were resumed`);
    // Each ran once, but for those that the kill caught before their result was recorded: one that runs and one that has just
    // ended for each slot.
    const ran = (await Deno.readTextFile(join(cwd, "ran.txt"))).trim().split("\n");
    assertEquals(new Set(ran).size, 40);
    assert(ran.length <= 40 + 2 * navigator.hardwareConcurrency, `${ran.length} runs of 40 tasks`);

    // Nothing is left to do for a third.
    const third = await run("06_resume.ts", cwd);
    assertStringIncludes(third.stdout, "came from the run before: 40\n");
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("06_resume.ts prints what it says when nobody kills it", async () => {
  await keepsItsPromise("06_resume.ts");
});

Deno.test("07_join.ts grows the graph while it runs", async () => {
  await keepsItsPromise("07_join.ts");
});

Deno.test("08_modules.ts runs the exports of a module", async () => {
  await keepsItsPromise("08_modules.ts");
});

Deno.test("09_streaming.ts gives results, lines and a window of a long input", async () => {
  await keepsItsPromise("09_streaming.ts");
});

Deno.test("10_sweep.ts reads its configuration from YAML", async () => {
  const { stdout } = await keepsItsPromise("10_sweep.ts");
  const best = [...stdout.matchAll(/best at (\d+) degrees, ([\d.]+) m/g)].map((m) => m.slice(1).map(Number));
  // The faster the throw, the more the air slows it: flatter and farther, and less far than without air (42.5 m at 20 m/s).
  const [slow, middle, fast] = best;
  assert(slow !== undefined && middle !== undefined && fast !== undefined);
  assert(slow[1]! < middle[1]! && middle[1]! < fast[1]! && middle[1]! < 42.5, stdout);
});

Deno.test("11_cancel.ts calls off tasks and what they started", async () => {
  const { stderr } = await keepsItsPromise("11_cancel.ts");
  assert(!stderr.includes("Uncaught"), stderr);
});

Deno.test("12_permissions.ts holds apps to what they may", async () => {
  await keepsItsPromise("12_permissions.ts");
});

Deno.test("every example has a test of its own", async () => {
  const source = await Deno.readTextFile(new URL(import.meta.url));
  for await (const { name } of Deno.readDir(EXAMPLES)) {
    if (/^\d\d_.*\.ts$/.test(name)) assertStringIncludes(source, `Deno.test("${name} `);
  }
});
