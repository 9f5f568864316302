import { assert, assertEquals } from "@std/assert";
import { app, bash, CancelledError, sh, threads } from "../../../mod.ts";
import { exists, failure, openLab, until } from "../../parsl/helpers.ts";
import { goneWithin, processesWith, runScript, start, uniqueSleep } from "./helpers.ts";

const NAMES = "app, bash, gather, load, map, sh, threads";

/** A script that runs what never ends of each kind, and goes on when it is cancelled. */
function endless(sleep: string, load: string): string {
  return `${load}
  const spin = app((mark: string) => { Deno.writeTextFileSync(mark, ""); for (;;); });
  const hang = bash\`trap "" TERM HUP INT; sleep ${sleep}; sleep ${sleep}\`;
  const deep = bash\`(nohup sleep ${sleep} & sleep ${sleep}) | cat\`;
  await gather([spin("spins"), hang(), deep()]);`;
}
const LOAD =
  `await using _wf = await load({ executors: [threads({ maxThreads: 3, killDelay: 1 })], progress: "off" });`;
/** The default pool has as many slots as the machine has cores, which may be one. */
const DEFAULT = `Object.defineProperty(navigator, "hardwareConcurrency", { value: 3 });`;

for (
  const [what, body, out] of [
    ["functions", `console.log(await app((x: number) => x * x)(3));`, "9"],
    ["scripts", "console.log(await bash`echo hello`.text()());", "hello"],
    [
      "functions, scripts and functions with permissions",
      `const one = app((x: number) => x + 1);
      console.log(await one(one(1)), await bash\`echo hello\`.text()(), await one.with({ permissions: "none" })(2));`,
      "3 hello 3",
    ],
    ["tasks that nobody awaits", "bash`sleep 0.2; echo late > late.txt`(); app(() => {})(); console.log(1);", "1"],
    ["a timer of its own", `console.log(await app(() => 1)()); setTimeout(() => console.log(2), 300);`, "1\n2"],
  ] as const
) {
  Deno.test(`default workflow: a script with ${what} ends by itself, soon and with exit code 0`, async () => {
    await using lab = await openLab();
    const last = `\nconst end = performance.now();
      globalThis.addEventListener("unload", () => console.error("lasted", performance.now() - end));`;
    const { code, out: printed, err } = await runScript(lab.dir, NAMES, body + last);
    assertEquals([printed.trimEnd(), code], [out, 0], err);
    const lasted = Number(/^lasted (.*)$/m.exec(err)?.[1]);
    // An idle worker or shell that kept the script would do so for ever; this leaves room for a busy machine.
    assert(lasted < 5000, `the script went on for ${lasted} ms after its last line`);
    if (what.startsWith("tasks")) assertEquals(await Deno.readTextFile(lab.path("late.txt")), "late\n");
  });
}

Deno.test("default workflow: shells and their directory are gone soon after the script", async () => {
  await using lab = await openLab();
  const { out, err } = await runScript(
    lab.dir,
    NAMES,
    "console.log(await bash`readlink /proc/$PPID/exe > /dev/null; ps -o sess= -p $$`.text()());",
  );
  const session = Number(out);
  assert(session > 0, err);
  await until("nothing is left of the session", () => sessionOf(session).length === 0, 3000);
});

Deno.test("close() leaves nothing of what ran, also of what a script put in the background", async () => {
  const sleep = uniqueSleep();
  await using lab = await openLab({ executors: [threads({ maxThreads: 2, killDelay: 0.5 })] });
  const background = bash((s: string) => sh`sleep ${s} > /dev/null 2>&1 & echo started`);
  await background(sleep);
  const stubborn = bash((s: string, mark: string) => sh`trap "" TERM; touch ${mark}; sleep ${s}; sleep ${s}`)(
    sleep,
    lab.path("mark"),
  );
  const spin = app((mark: string): void => {
    Deno.writeTextFileSync(mark, "");
    for (;;);
  })(lab.path("spins"));
  await until("both run", async () => await exists(lab.path("mark")) && await exists(lab.path("spins")));
  assert(processesWith(sleep).length > 0);
  lab.wf.cancel();
  await failure(stubborn, CancelledError);
  await failure(spin, CancelledError);
  await lab.wf.close();
  assertEquals(processesWith(sleep), []);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  for (const [how, load] of [["a loaded", LOAD], ["the default", DEFAULT]] as const) {
    Deno.test(`${signal} ends a script with ${how} workflow with exit code ${code}, and all it started`, async () => {
      const sleep = uniqueSleep();
      await using lab = await openLab();
      const script = start(lab.dir, NAMES, endless(sleep, load));
      const ended = script.ended();
      await until("all three run", async () => processesWith(sleep).length >= 3 && await exists(lab.path("spins")));
      script.child.kill(signal);
      const ran = await ended;
      assertEquals([ran.code, ran.signal], [code, null], ran.err);
      // What is over when the script is over need not be waited for.
      assertEquals(processesWith(sleep), [], ran.err);
    });
  }
}

Deno.test("SIGKILL of a script ends all it started within 3 s", async () => {
  const sleep = uniqueSleep();
  await using lab = await openLab();
  const script = start(lab.dir, NAMES, endless(sleep, LOAD));
  const ended = script.ended();
  await until("all three run", async () => processesWith(sleep).length >= 3 && await exists(lab.path("spins")));
  script.child.kill("SIGKILL");
  await goneWithin(3000, sleep);
  assertEquals((await ended).signal, "SIGKILL");
});

Deno.test("SIGINT while nothing runs ends a script that waits for something else", async () => {
  await using lab = await openLab();
  const script = start(
    lab.dir,
    NAMES,
    `${LOAD}\nawait app(() => 1)(); Deno.writeTextFileSync("ready", ""); await new Promise((r) => setTimeout(r, 60_000));`,
  );
  const ended = script.ended();
  await until("it is ready", () => exists(lab.path("ready")));
  script.child.kill("SIGINT");
  assertEquals((await ended).code, 130);
});

/** Living processes of a session. */
function sessionOf(session: number): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [state, , , sid] = Deno.readTextFileSync(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ") ?? [];
      if (Number(sid) === session && state !== "Z" && state !== "X") found.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}
