import { assert, assertEquals } from "@std/assert";
import { app, bash, gather, sh, threads } from "../../../mod.ts";
import { exists, linesOf, openLab, until } from "../../parsl/helpers.ts";
import { mostAtOnce } from "./helpers.ts";

const square = app((x: number): number => x * x);

/** Says that it runs and keeps its worker until a file is there. */
const hold = app((mark: string, go: string): boolean => {
  Deno.writeTextFileSync(mark, "");
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    try {
      Deno.statSync(go);
      return true;
    } catch {
      // Not yet.
    }
  }
  return false;
}, { name: "hold" });

const spin = app((log: string, name: string, ms: number): void => {
  Deno.writeTextFileSync(log, `+${name}\n`, { append: true });
  for (const end = performance.now() + ms; performance.now() < end;);
  Deno.writeTextFileSync(log, `-${name}\n`, { append: true });
});

const nap = bash((log: string, name: string, seconds: number) =>
  sh`echo +${name} >> ${log}; sleep ${seconds}; echo -${name} >> ${log}`
);

for (const warm of [0, 1000]) {
  Deno.test(`threads: short functions do not wait behind a long one, after ${warm} quick ones`, async () => {
    await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
    await gather(Array.from({ length: warm }, (_, i) => square(i)));
    const long = hold(lab.path("mark"), lab.path("go"));
    const short = [1, 2, 3].map((i) => spin(lab.path("log"), String(i), 100));
    // The long one ends only when the short ones have: one that waited behind it would make it give up.
    await gather(short);
    await Deno.writeTextFile(lab.path("go"), "");
    assertEquals(await long, true);
  });
}

Deno.test("threads: functions of 300, 100, 100 and 100 ms on two workers: the short ones end before the long one", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
  // Only what a busy machine takes from both alike may be in the way: the workers are there already.
  const log = lab.path("log");
  await gather([spin(lab.path("other"), "", 50), spin(lab.path("other"), "", 50)]);
  await gather([spin(log, "long", 300), ...["a", "b", "c"].map((name) => spin(log, name, 100))]);
  const lines = await linesOf(log);
  const begun = lines.slice(0, lines.indexOf("-long")).filter((l) => l.startsWith("+"));
  assertEquals(begun.sort(), ["+a", "+b", "+c", "+long"], lines.join(" "));
});

Deno.test("threads: what a worker was given ahead goes to another that has nothing left", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
  // Both are held, so that what follows is given ahead to both; one of them is never let go before the rest is done.
  const first = hold(lab.path("mark-1"), lab.path("go-1"));
  const second = hold(lab.path("mark-2"), lab.path("go-2"));
  const rest = Array.from({ length: 10 }, (_, i) => square(i));
  await until("both run", async () => await exists(lab.path("mark-1")) && await exists(lab.path("mark-2")));
  await Deno.writeTextFile(lab.path("go-2"), "");
  assertEquals(await gather(rest), Array.from({ length: 10 }, (_, i) => i * i));
  await Deno.writeTextFile(lab.path("go-1"), "");
  assertEquals(await gather([first, second]), [true, true]);
});

Deno.test("threads: lower priority goes first, equal ones in the order of their calls, those without last", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const log = lab.path("log");
  const first = hold(lab.path("mark"), lab.path("go"));
  await until("the worker is busy", () => exists(lab.path("mark")));
  const wished: readonly (number | undefined)[] = [undefined, 5, -1, 5, 0, 100, -1, undefined];
  const tasks = wished.map((priority, i) => spin.with(priority === undefined ? {} : { priority })(log, String(i), 0));
  await Deno.writeTextFile(lab.path("go"), "");
  await gather([first, ...tasks]);
  const order = (await linesOf(log)).filter((line) => line.startsWith("+")).map((line) => Number(line.slice(1)));
  assertEquals(order, [2, 6, 4, 1, 3, 5, 0, 7]);
});

Deno.test("threads: a task called later goes before one of less priority that was given out and has not begun", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const log = lab.path("log");
  const first = hold(lab.path("mark"), lab.path("go"));
  await until("the worker is busy", () => exists(lab.path("mark")));
  const low = [0, 1, 2].map((i) => spin.with({ priority: 9 })(log, `low${i}`, 0));
  // In a turn of its own: the others are with the worker by now.
  await new Promise((resolve) => setTimeout(resolve));
  const high = spin.with({ priority: 1 })(log, "high", 0);
  await Deno.writeTextFile(lab.path("go"), "");
  await gather([first, ...low, high]);
  const order = (await linesOf(log)).filter((line) => line.startsWith("+"));
  assertEquals(order, ["+high", "+low0", "+low1", "+low2"]);
});

Deno.test("threads: what one kind leaves of its share goes to the other, though nothing ends", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 3 })] });
  const wait = bash((go: string) => sh`until [[ -e ${go} ]]; do sleep 0.02; done`);
  // One function and two scripts, then two functions and one script; each needs the others to run beside it.
  const meet = app((mine: string, others: readonly string[]): boolean => {
    Deno.writeTextFileSync(mine, "");
    for (const end = performance.now() + 20_000; performance.now() < end;) {
      try {
        for (const other of others) Deno.statSync(other);
        return true;
      } catch {
        // Not yet.
      }
    }
    return false;
  });
  const touch = bash((mine: string, go: string) => sh`echo > ${mine}; until [[ -e ${go} ]]; do sleep 0.02; done`);
  const [a, b, c, d, e] = [lab.path("a"), lab.path("b"), lab.path("c"), lab.path("d"), lab.path("e")];
  const first = meet(a, [b, c]);
  await gather([touch(b, c), touch(c, a)]);
  assertEquals(await first, true);
  const second = [meet(d, [e]), meet(e, [d])];
  await wait(d);
  assertEquals(await gather(second), [true, true]);
});

for (const maxThreads of [1, 2, 3]) {
  Deno.test(`threads: functions and scripts together are never more than maxThreads (${maxThreads})`, async () => {
    await using lab = await openLab({ executors: [threads({ maxThreads })] });
    const log = lab.path("log");
    const tasks: PromiseLike<unknown>[] = [];
    for (let i = 0; i < 20; i++) tasks.push(spin(log, `f${i}`, 15), nap(log, `s${i}`, 0.015));
    await gather(tasks);
    // Others come while these run, one kind after the other.
    await gather(Array.from({ length: 12 }, (_, i) => spin(log, `g${i}`, 10)));
    await gather(Array.from({ length: 12 }, (_, i) => nap(log, `t${i}`, 0.01)));
    const lines = await linesOf(log);
    assertEquals(lines.length, 2 * (40 + 24));
    const most = mostAtOnce(lines);
    assert(most <= maxThreads, `${most} ran at once`);
  });
}

for (const maxThreads of [1, 2]) {
  for (const [few, many] of [["scripts", "functions"], ["functions", "scripts"]] as const) {
    Deno.test(`threads: ${few} get their share while many ${many} wait (maxThreads ${maxThreads})`, async () => {
      await using lab = await openLab({ executors: [threads({ maxThreads })] });
      const log = lab.path("log");
      function call(kind: "scripts" | "functions", i: number): PromiseLike<unknown> {
        return kind === "scripts" ? nap(log, `scripts${i}`, 0.01) : spin(log, `functions${i}`, 10);
      }
      const lot = Array.from({ length: 80 }, (_, i) => call(many, i));
      await lot[0];
      const handful = Array.from({ length: 6 }, (_, i) => call(few, i));
      await gather([...lot, ...handful]);
      const begun = (await linesOf(log)).filter((line) => line.startsWith("+"));
      const lastOfFew = begun.findLastIndex((line) => line.startsWith(`+${few}`));
      assertEquals(begun.length, 86);
      // Fair turns put it near 20; what is given ahead may add a few.
      assert(lastOfFew < 50, `the last of the ${few} began as number ${lastOfFew}: ${begun.join(" ")}`);
    });
  }
}
