// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals } from "@std/assert";
import { as, gist, makePool, processesWith, start, until } from "./pool_helpers.ts";

/** Numbers that look random and are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

Deno.test("ShellPool.run() gives 2,000 mixed scripts each its own end", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await using pool = makePool({ slots: 4, killDelayMs: 200 });
    const next = random(1);
    const ends = await Promise.all(Array.from({ length: 2000 }, async (_, i) => {
      const what = Math.floor(next() * 10);
      const code = Math.floor(next() * 200);
      switch (what) {
        case 0:
          return [gist(await start(pool, `exit ${code}`).end), `exited ${code}`];
        case 1:
          return [gist(await start(pool, "kill -9 $BASHPID").end), "signalled SIGKILL"];
        case 2: {
          const end = as("exited", await start(pool, `echo out ${i}; echo err ${i} >&2; exit ${code}`).end);
          return [`${end.exitCode} ${end.stdout}${end.stderr}`, `${code} out ${i}\nerr ${i}\n`];
        }
        case 3:
          return [
            i % 20 === 0 ? gist(await start(pool, "sleep 100", { walltimeMs: 20 }).end) : "timeout 20",
            "timeout 20",
          ];
        case 4: {
          const r = start(pool, "sleep 100");
          if (i % 3 === 0) await Promise.race([r.started, Promise.resolve()]);
          r.handle.cancel();
          return [gist(await r.end), "cancelled"];
        }
        case 5: {
          const path = `${dir}/${i}`;
          await start(pool, `echo file ${i}`, { stdout: { path, append: false } }).end;
          return [await Deno.readTextFile(path), `file ${i}\n`];
        }
        case 6:
          return [gist(await start(pool, "true", { cwd: "/no/dir" }).end), "refused ShellRefusedError"];
        case 7: {
          const end = as("exited", await start(pool, 'echo "$V"', { env: { V: `v${i}` } }).end);
          return [end.stdout, `v${i}\n`];
        }
        case 8: {
          const end = as("exited", await start(pool, `(sleep 0.05; echo late ${i}) & echo ${i}`).end);
          // On a busy machine it may be late for the reader but never for another script.
          return [end.stdout?.replace(`late ${i}\n`, ""), `${i}\n`];
        }
        default: {
          if (i % 4 !== 0) return [gist(await start(pool, "true").end), "exited 0"];
          const end = as("exited", await start(pool, `echo own ${i}`, { ownProcess: true }).end);
          return [end.stdout, `own ${i}\n`];
        }
      }
    }));
    assertEquals(ends.map(([got]) => got), ends.map(([, expected]) => expected));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ShellPool.run() ends each of 1,000 scripts once while a shell is killed every 50 ms", async () => {
  const mark = `mark-${crypto.randomUUID()}`;
  const dir = await Deno.makeTempDir();
  const log = await Deno.makeTempDir();
  let killer: ReturnType<typeof setInterval> | undefined;
  try {
    const pool = makePool({ slots: 4, tmpDir: dir, env: { MARK: mark }, killDelayMs: 100 });
    const next = random(2);
    killer = setInterval(() => {
      // A loop is a child of the master, a script one of a loop: only loops have an error file.
      const loops = [...Deno.readDirSync(dir)].flatMap((d) => [...Deno.readDirSync(`${dir}/${d.name}`)])
        .flatMap(({ name }) => /^(\d+)\.err$/.exec(name)?.[1] ?? []).map(Number);
      // The file of a dead loop stays, and its number may be somebody else's by now.
      const ours = new Set(processesWith(mark));
      const living = loops.filter((pid) => ours.has(pid));
      const victim = living[Math.floor(next() * living.length)];
      try {
        if (victim !== undefined) Deno.kill(victim, "SIGKILL");
      } catch {
        // It was replaced, and ended, in between.
      }
    }, 50);
    const ends = await Promise.all(Array.from({ length: 1000 }, async (_, i) => {
      const end = await start(pool, `echo x >>${log}/${i}; ${i % 10 === 0 ? "sleep 0.02;" : ""} echo ${i}`).end;
      return { i, end };
    }));
    clearInterval(killer);
    let lost = 0;
    for (const { i, end } of ends) {
      if (end.kind === "lost") lost++;
      else assertEquals(as("exited", end).stdout, `${i}\n`);
    }
    assert(lost < 200, `${lost} were lost`);
    // One line each: none ran twice. A lost one may have been killed before its first command.
    for (const { i, end } of ends) {
      const text = await Deno.readTextFile(`${log}/${i}`).catch(() => "");
      assert(
        text === "x\n" || (end.kind === "lost" && text === ""),
        `script ${i} (${end.kind}) wrote ${JSON.stringify(text)}`,
      );
    }
    await pool.close();
    await until("all is gone", () => processesWith(mark).length === 0);
    assertEquals([...Deno.readDirSync(dir)], []);
  } finally {
    clearInterval(killer);
    await Deno.remove(dir, { recursive: true });
    await Deno.remove(log, { recursive: true });
  }
});
