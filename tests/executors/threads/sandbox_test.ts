import { assert, assertEquals, assertInstanceOf, assertNotEquals, assertStringIncludes } from "@std/assert";
import {
  app,
  CancelledError,
  gather,
  RemoteError,
  TaskTimeoutError,
  threads,
  UnsupportedError,
  WorkerLostError,
} from "../../../mod.ts";
import { alive, exists, failure, openLab, until } from "../../parsl/helpers.ts";
import { mostAtOnce, runScript, start } from "./helpers.ts";

const read = app((path: string): string => Deno.readTextFileSync(path), { name: "read" });
const pid = app((): number => Deno.pid);
/** Says which process it runs in, as it may write there, and never lets go. */
const spin = app((mark: string): void => {
  Deno.writeTextFileSync(mark, `${Deno.pid}\n`);
  for (;;);
}, { name: "spin" });

async function pidIn(mark: string): Promise<number> {
  await until("the function runs", async () => await exists(mark) && (await Deno.readTextFile(mark)).endsWith("\n"));
  return Number(await Deno.readTextFile(mark));
}

Deno.test('permissions: "none" lets a function compute and nothing else', async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  await Deno.writeTextFile(lab.path("data"), "42");
  const error = await failure(read.with({ permissions: "none" })(lab.path("data")), RemoteError);
  assertStringIncludes(error.message, "Requires read access");
  assertInstanceOf(error.cause, Error);
  assertEquals(error.cause.name, "NotCapable");
  const square = app((x: number): number => x * x, { permissions: "none" });
  assertEquals(await gather([1, 2, 3].map((x) => square(x))), [1, 4, 9]);
  // The app itself, without the option, may do what the script may.
  assertEquals(await read(lab.path("data")), "42");
});

Deno.test("permissions: a list of paths to read is all that can be read", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  await Deno.mkdir(lab.path("it's open"));
  await Deno.writeTextFile(lab.path("it's open/data"), "may be read");
  await Deno.writeTextFile(lab.path("closed"), "may not");
  const some = read.with({ permissions: { read: [lab.path("it's open")] } });
  assertEquals(await some(lab.path("it's open/data")), "may be read");
  await failure(some(lab.path("closed")), RemoteError);
  await failure(read.with({ permissions: { read: [] } })(lab.path("closed")), RemoteError);
  await failure(read.with({ permissions: { read: false } })(lab.path("closed")), RemoteError);
  assertEquals(await read.with({ permissions: { read: true } })(lab.path("closed")), "may not");
});

Deno.test("permissions: a path with a comma is refused: Deno would take it for two", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const refused = read.with({ permissions: { read: [lab.path("a,b")] } })(lab.path("a"));
  const error = await failure(refused, UnsupportedError);
  assertStringIncludes(error.message, `the permission read for "${lab.path("a,b")}": Deno takes no comma there`);
});

Deno.test("permissions: more than the script has is a PermissionError that names the flag, and nothing runs", async () => {
  await using lab = await openLab();
  const flags = ["--allow-read=/usr", `--allow-run=${Deno.execPath()}`];
  const { code, out, err } = await runScript(
    lab.dir,
    "app, PermissionError",
    `for (const permissions of [{ net: ["example.org:80"] }, { read: true }, { read: ["/usr", "/etc"] }, { write: ["/x"] }]) {
      const task = app(() => Deno.exit(9), { name: "greedy", permissions })();
      const error = await task.then(() => undefined, (e) => e);
      console.log(error instanceof PermissionError, error.flag, error.message.split("\\n")[0]);
    }
    console.log(await app(() => Deno.readDirSync("/usr")[Symbol.iterator]().next().done, { permissions: { read: ["/usr"] } })());`,
    flags,
  );
  const refused = (flag: string): string =>
    `true ${flag} Cannot give app "greedy" the permission ${flag}: the script has no permission for it`;
  const greedy = ["--allow-net=example.org:80", "--allow-read", "--allow-read=/etc", "--allow-write=/x"];
  assertEquals([out.trim().split("\n"), code], [[...greedy.map(refused), "false"], 0], err);
});

Deno.test("permissions: a process that is killed loses its task with the signal, and another takes its place", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const permissions = { write: [lab.dir] };
  const before = await pid.with({ permissions })();
  const lost = spin.with({ permissions })(lab.path("mark"));
  const after = pid.with({ permissions })();
  const killed = await pidIn(lab.path("mark"));
  assertEquals(killed, before);
  Deno.kill(killed, "SIGKILL");
  const error = await failure(lost, WorkerLostError);
  assertStringIncludes(error.message, "its process was ended by SIGKILL while it ran");
  assertEquals(error.end.signal, "SIGKILL");
  assertNotEquals(await after, killed);
});

Deno.test("permissions: an idle process that is killed costs one task at most", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const alone = pid.with({ permissions: "none" });
  const first = await alone();
  Deno.kill(first, "SIGKILL");
  await until("it is gone", () => !alive(first));
  // The script may not have heard of it yet.
  const second = await alone.with({ retries: 1 })();
  assertNotEquals(second, first);
  assertEquals(lab.wf.summary().failed, 0);
});

Deno.test("permissions: a function that ends its process is lost with the exit code", async () => {
  await using _lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const leave = app((): number => Deno.exit(5), { permissions: "none" });
  const error = await failure(leave(), WorkerLostError);
  assertStringIncludes(error.message, "its process ended with exit code 5 while it ran");
  assertStringIncludes(error.hint ?? "", "must return or throw");
  assertEquals(typeof await pid.with({ permissions: "none" })(), "number");
});

Deno.test("permissions: memPerWorker bounds the heap of the process, and it says so", async () => {
  await using _lab = await openLab({ executors: [threads({ maxThreads: 1, memPerWorker: "128MiB" })] });
  const fill = app((): number => {
    const kept: number[][] = [];
    // Far beyond the bound, and little enough for the machine when there is none.
    for (let i = 0; i < 60_000; i++) kept.push(new Array(1000).fill(Math.random()));
    return kept.length;
  }, { permissions: "none", name: "fill" });
  const error = await failure(fill(), WorkerLostError);
  assertStringIncludes(error.message, "its process");
  assertEquals(typeof await pid.with({ permissions: "none" })(), "number");
});

Deno.test("permissions: walltime and cancel() end the process, and the next task has another", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const permissions = { write: [lab.dir] };
  await failure(spin.with({ permissions, walltime: 1 })(lab.path("first")), TaskTimeoutError);
  const cancelled = spin.with({ permissions })(lab.path("second"));
  const behind = pid.with({ permissions })();
  const running = await pidIn(lab.path("second"));
  cancelled.cancel();
  await failure(cancelled, CancelledError);
  assertNotEquals(await behind, running);
  await until("the cancelled one is gone", () => !alive(running));
});

Deno.test("permissions: functions with and without them share the slots", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
  const log = lab.path("log");
  const spinFor = app((log: string, ms: number): void => {
    Deno.writeTextFileSync(log, "+\n", { append: true });
    for (const end = performance.now() + ms; performance.now() < end;);
    Deno.writeTextFileSync(log, "-\n", { append: true });
  });
  const apart = spinFor.with({ permissions: { write: [log] } });
  const other = spinFor.with({ permissions: { write: [log], read: [log] } });
  await gather(Array.from({ length: 10 }, () => [spinFor(log, 10), apart(log, 10), other(log, 10)]).flat());
  const lines = (await Deno.readTextFile(log)).trim().split("\n");
  assertEquals(lines.length, 60);
  assert(mostAtOnce(lines) <= 2, `${mostAtOnce(lines)} ran at once`);
  // Each ends only when it has seen the other: both have a slot.
  const meet = app((mine: string, other: string): boolean => {
    Deno.writeTextFileSync(mine, "");
    for (const end = performance.now() + 20_000; performance.now() < end;) {
      try {
        Deno.statSync(other);
        return true;
      } catch {
        // Not yet.
      }
    }
    return false;
  });
  const permissions = { read: [lab.dir], write: [lab.dir] };
  const met = [
    meet(lab.path("a"), lab.path("b")),
    meet.with({ permissions })(lab.path("b"), lab.path("a")),
  ];
  assertEquals(await gather(met), [true, true]);
});

Deno.test("permissions: what such a function prints is on the script's stdout and stderr, and nothing else is", async () => {
  await using lab = await openLab();
  const { code, out, err } = await runScript(
    lab.dir,
    "app",
    `const talk = app((word: string) => {
      console.log("log", word, { a: [1, 2] });
      console.info("info");
      Deno.stdout.writeSync(new TextEncoder().encode("direct\\n"));
      console.error("error", word);
      return word.length;
    }, { permissions: "none" });
    console.log(await talk("one"), await talk("three"));`,
  );
  const printed = (word: string): string => `log ${word} { a: [ 1, 2 ] }\ninfo\ndirect\n`;
  assertEquals([out, code], [`${printed("one")}${printed("three")}3 5\n`, 0], err);
  assertEquals(err.split("\n").filter((line) => line.startsWith("error ")), ["error one", "error three"]);
});

Deno.test("permissions: what is no permission is refused when the app is made", () => {
  let refused = 0;
  for (const permissions of [{ reed: true }, "all", 3]) {
    try {
      // @ts-expect-error this is no permission
      app(() => 1, { permissions });
    } catch (error) {
      assertStringIncludes(String(error), "permissions");
      refused++;
    }
  }
  assertEquals(refused, 3);
});

Deno.test("permissions: closing ends a function that never lets go, and the idle processes", async () => {
  await using lab = await openLab({ exitMode: "cancel", executors: [threads({ maxThreads: 2 })] });
  const idle = await pid.with({ permissions: "none" })();
  const running = spin.with({ permissions: { write: [lab.dir] } })(lab.path("mark"));
  const busy = await pidIn(lab.path("mark"));
  await lab.wf.close();
  await failure(running, CancelledError);
  assertEquals([alive(idle), alive(busy)], [false, false]);
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGKILL", 137]] as const) {
  Deno.test(`permissions: nothing of them outlives a script that ${signal} ends`, async () => {
    await using lab = await openLab();
    const script = start(
      lab.dir,
      "app, gather, load, threads",
      `await using wf = await load({ executors: [threads({ maxThreads: 3 })], progress: "off" });
      const spin = app((mark: string): void => {
        Deno.writeTextFileSync(mark, Deno.pid + "\\n");
        for (;;);
      }, { permissions: { write: ["."] } });
      const pid = app(() => Deno.pid, { permissions: "none" });
      Deno.writeTextFileSync("idle", String(await pid()));
      await gather([spin("one"), spin("two")]);`,
    );
    const ended = script.ended();
    const pids = [await pidIn(lab.path("one")), await pidIn(lab.path("two"))];
    pids.push(Number(await Deno.readTextFile(lab.path("idle"))));
    assertEquals(pids.map(alive), [true, true, true]);
    script.child.kill(signal);
    try {
      await until("all three are gone", () => !pids.some(alive), 3000);
      assertEquals((await ended).code, code);
    } finally {
      for (const left of pids.filter(alive)) Deno.kill(left, "SIGKILL");
      await ended;
    }
  });
}
