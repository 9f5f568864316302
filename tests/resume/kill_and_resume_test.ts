// deno-lint-ignore-file no-sync-fn-in-async-fn no-console -- a test has nothing else to do meanwhile; it tells its seed.
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { existsSync } from "node:fs";
import { findRuns } from "../../lib/graph/journal/run_dir.ts";
import { JournalReader } from "../../lib/graph/journal/reader.ts";
import { decodeRow } from "../../lib/graph/journal/record.ts";
import { JOURNAL_NAME } from "../../lib/graph/journal/schema.ts";

const SCRIPT = fromFileUrl(import.meta.resolve("./kill_script.ts"));
const KILLS = Number(Deno.env.get("SLUICE_TEST_KILLS") ?? 50);
const SEED = Number(Deno.env.get("SLUICE_TEST_SEED") ?? Math.floor(Math.random() * 1e9));
/** How runs resume, in turn: from all earlier runs, from the last one, and from that by its path. */
const WAYS = ["true", "last", "path", "journal"] as const;
const SIZE = 12;

Deno.test(`A script that is killed ${KILLS} times at random moments (SLUICE_TEST_SEED=${SEED}) runs nothing again that was recorded`, async () => {
  const random = randomFrom(SEED);
  const total: Total = { kills: 0, early: 0, runs: 0, ends: 0, again: 0, most: 0 };
  while (total.kills < KILLS) await playRound(random, total);
  const { kills, early, runs, ends, again, most } = total;
  console.log(
    `seed ${SEED}: ${kills} kills (${early} before the workflow was open) in ${runs} runs, ${ends} scripts ended; ` +
      `a kill cost ${(again / kills).toFixed(2)} tasks whose results were not yet recorded, at most ${most}`,
  );
  // What can be lost is what was running: two scripts, and what two workers were given ahead, at most 8 each.
  assert(most <= 18, `seed ${SEED}: ${most} tasks that had ended were run again after one kill`);
});

interface Total {
  kills: number;
  early: number;
  runs: number;
  ends: number;
  again: number;
  most: number;
}

/** Starts the script in a new directory until it ends by itself. */
async function playRound(random: () => number, total: Total): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "sluice-kill-" });
  try {
    const log = join(dir, "log");
    Deno.writeTextFileSync(log, "");
    let recorded: ReadonlySet<string> = new Set();
    for (;;) {
      const before = linesOf(log);
      const way = WAYS[total.runs++ % WAYS.length] ?? "true";
      const place = `seed ${SEED}, run ${total.runs}, resume ${way}`;
      const outcome = await run(dir, resumeFrom(dir, way), total.kills < KILLS ? random : undefined);
      const lines = linesOf(log);
      const added = lines.slice(before.length);
      // Whatever was known to be recorded before this run began must not have been done again in it.
      assertEquals(added.filter((id) => recorded.has(id)), [], `${place}: run again after it was recorded`);
      const now = recordedIn(dir);
      assertEquals([...recorded].filter((id) => !now.has(id)), [], `${place}: lost`);
      for (const id of now) assert(lines.includes(id), `${place}: ${id} is recorded and left no line`);
      recorded = now;
      // The body of a join is called whenever its tasks are not known to be done.
      const again = added.filter((id) => before.includes(id) && !id.startsWith("both")).length;
      total.again += again;
      total.most = Math.max(total.most, again);
      if (outcome.kind === "killed") {
        total.kills++;
        if (!outcome.opened) total.early++;
        continue;
      }
      expectResults(outcome.text);
      for (const each of WAYS) await expectAllFromCache(dir, each, lines);
      total.ends++;
      return;
    }
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

function resumeFrom(dir: string, way: typeof WAYS[number]): string {
  const last = findRuns(join(dir, "runs")).filter((run) => existsSync(join(run.path, JOURNAL_NAME))).at(-1)?.path;
  if (way === "true" || way === "last") return way;
  // A path must be of something that is there, so the first run in a directory has none.
  if (last === undefined) return "true";
  return way === "path" ? last : join(last, JOURNAL_NAME);
}

type Outcome = { readonly kind: "killed"; readonly opened: boolean } | {
  readonly kind: "ended";
  readonly text: string;
};

/** Runs the script, and kills it some time after it was started or said that its workflow is open. */
async function run(dir: string, resume: string, random: (() => number) | undefined): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", SCRIPT, dir, resume],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const killIn = (ms: number): void => {
    timer = setTimeout(() => child.kill("SIGKILL"), ms);
  };
  const atStart = random !== undefined && random() < 0.25;
  if (atStart) killIn(random() * 300);
  const stderr = new Response(child.stderr).text();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const opensNow = text === "" && chunk !== "";
    text += chunk;
    if (opensNow && random !== undefined && !atStart) killIn(random() * 350);
  }
  const { code, signal } = await child.status;
  clearTimeout(timer);
  const said = await stderr;
  if (signal === "SIGKILL") return { kind: "killed", opened: text.startsWith("open") };
  assertEquals({ code, said }, { code: 0, said: "" }, `seed ${SEED}: the script failed`);
  return { kind: "ended", text };
}

function linesOf(file: string): string[] {
  return Deno.readTextFileSync(file).split("\n").slice(0, -1);
}

/** The ids of the tasks in the newest journal. */
function recordedIn(dir: string): Set<string> {
  const ids = new Set<string>();
  const file = findRuns(join(dir, "runs")).map((run) => join(run.path, JOURNAL_NAME)).filter((f) => existsSync(f)).at(
    -1,
  );
  if (file === undefined) return ids;
  using reader = JournalReader.open(file);
  for (const row of reader.rows()) ids.add(idOf(row.app, decodeRow(row, file).value));
  return ids;
}

function idOf(app: string, value: unknown): string {
  if (app === "both" && Array.isArray(value)) return `both ${idOf("square", value[0]).slice("square 100".length)}`;
  if (typeof value === "string") return value;
  assert(typeof value === "object" && value !== null && "id" in value && typeof value.id === "string");
  return value.id;
}

const TRIANGLES = Array.from({ length: SIZE }, (_, n) => n * (n + 1) / 2);
const TASKS = SIZE * 4 + 2 + 4;

function expectResults(text: string): void {
  const { values, pairs, texts, tasks, done } = JSON.parse(text.split("\n")[1] ?? "");
  assertEquals(values, TRIANGLES.map((sum, n) => n * n + sum));
  assertEquals(pairs, [[1000 ** 2, 2000 ** 2], [1001 ** 2, 2001 ** 2]]);
  assertEquals(texts, TRIANGLES.map((_, n) => `write ${n}`));
  assertEquals(tasks, done);
  assert(tasks === TASKS || tasks === TASKS - 2 || tasks === TASKS - 4, `${tasks} tasks`);
}

/** One run more does nothing but look things up. */
async function expectAllFromCache(dir: string, way: typeof WAYS[number], lines: readonly string[]): Promise<void> {
  const outcome = await run(dir, resumeFrom(dir, way), undefined);
  assert(outcome.kind === "ended");
  expectResults(outcome.text);
  const { tasks, memoized } = JSON.parse(outcome.text.split("\n")[1] ?? "");
  // The joins come from the cache as well, so what they call is not called.
  assertEquals([tasks, memoized], [TASKS - 4, TASKS - 4]);
  assertEquals(linesOf(join(dir, "log")), lines);
}

/** Numbers from 0 to 1 that depend on a seed alone (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
