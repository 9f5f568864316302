import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type App, app, ConfigError, join, JoinError, RemoteError, WorkflowError } from "../../../mod.ts";
import { failure, openLab } from "../../parsl/helpers.ts";
import { openBench } from "../graph/fake_executor.ts";

const square = app((x: number) => x * x);

Deno.test("join() refuses what is no function", () => {
  // Types refuse all of these.
  for (const body of [undefined, 5, "f", {}, square(1)] as unknown[]) {
    const error = assertThrows(() => join(body as () => unknown), TypeError);
    assertEquals(error.message, "Cannot make a join app: give it a function");
  }
});

Deno.test("join() uses whatever the script has, and is given arguments that no worker could be given", async () => {
  await using _lab = await openLab();
  const offset = 10;
  class Grid {
    readonly size = 2;
  }
  const seen: unknown[] = [];
  const each = join((grid: Grid, onOne: (n: number) => void) => {
    onOne(grid.size);
    return Array.from({ length: grid.size }, (_, i) => square(i + offset));
  });
  assertEquals(await each(new Grid(), (n) => seen.push(n)), [100, 121]);
  assertEquals(seen, [2]);
});

Deno.test("join() gives containers of values in the shape of what its body returned", async () => {
  await using _lab = await openLab();
  const shapes = join((n: number) => ({
    list: [square(n), [square(n + 1)]],
    map: new Map([["k", square(n)]]),
    set: new Set([square(n)]),
    plain: "as it is",
  }));
  assertEquals(await shapes(2), { list: [4, [9]], map: new Map([["k", 4]]), set: new Set([4]), plain: "as it is" });
  const later = join(async (n: number) => {
    await Promise.resolve();
    return { first: square(n), rest: [] };
  });
  assertEquals(await later(square(2)), { first: 16, rest: [] });
  assertEquals(await join(() => Promise.resolve(5))(), 5);
});

Deno.test("join() with a future twice in what it returns waits for it once, and one in hand is as good as a new one", async () => {
  await using lab = await openLab();
  const before = square(3);
  await before;
  const pair = join(() => {
    const one = square(2);
    return [one, one, before];
  });
  assertEquals(await pair(), [4, 4, 9]);
  assertEquals(lab.wf.summary().tasks, 3);
});

Deno.test("join() calls go to the workflow of the join, also after the body awaited and another was opened", async () => {
  await using outer = await openLab();
  const { promise, resolve } = Promise.withResolvers<void>();
  const waits = join(async (n: number) => {
    await promise;
    return square(n);
  });
  const future = waits(4);
  await using inner = await openLab();
  resolve();
  assertEquals(await future, 16);
  assertEquals([outer.wf.summary().tasks, inner.wf.summary().tasks], [2, 0]);
});

Deno.test("join() fails with all errors of what it returned, and each of those counts as seen", async () => {
  await using lab = await openLab();
  const breaks = app((n: number): number => {
    throw new RangeError(`no ${n}`);
  }, { name: "breaks" });
  const error = await failure(join(() => [breaks(1), square(1), breaks(2)], { name: "all" })(), JoinError);
  assertStringIncludes(error.message, 'Cannot finish join t1 "all": 2 of the 3 tasks it waited for failed');
  assertEquals(error.errors.map((e) => (e as Error).message.replace(/.*: /, "")), ["no 1", "no 2"]);
  assert(error.cause instanceof RemoteError);
  assertEquals(lab.wf.summary().unseen, 0);
});

Deno.test("join() that returns a future of another workflow fails and says so", async () => {
  await using _other = await openLab();
  const foreign = square(1);
  await foreign;
  await using _lab = await openLab();
  const error = await failure(join(() => foreign, { name: "mixed" })(), WorkflowError);
  assertStringIncludes(error.message, 'Cannot use t1 "square" of workflow 0001 in app "mixed" of workflow 0001');
});

Deno.test("join() names its options' mistakes when it is made, and what its body cannot have", () => {
  using bench = openBench();
  for (const key of ["stdout", "stderr", "env", "cwd", "walltime", "permissions"] as const) {
    const values = { stdout: "a", stderr: "a", env: {}, cwd: "/", walltime: 1, permissions: "none" } as const;
    const error = assertThrows(
      () => join(() => square(1), { name: "all", [key]: values[key] }),
      ConfigError,
      `Cannot use option "${key}" of app "all"`,
    );
    assertEquals(error.hint, "give it to the apps that the body calls");
  }
  assertEquals(bench.kernel.called, 0);
});

Deno.test("join() that calls itself has a type that can be written down", async () => {
  await using _lab = await openLab();
  const down: App<[number], number> = join((n: number) => n === 0 ? square(5) : down(n - 1));
  assertEquals(await down(6), 25);
});
