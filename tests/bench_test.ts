import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import type { CaseResult, Judged, Measured } from "../bench/measure.ts";
import { judge } from "../bench/measure.ts";
import { readOptions } from "../bench/options.ts";
import { renderPage } from "../bench/page.ts";
import { quantile, spread } from "../bench/stats.ts";
import { table } from "../bench/table.ts";
import { number } from "../bench/text.ts";

const MAIN = fromFileUrl(import.meta.resolve("../bench/main.ts"));

interface Report {
  readonly machine: { readonly cores: number; readonly peers: Readonly<Record<string, string>> };
  readonly quick: boolean;
  readonly results: readonly CaseResult[];
}

/** Runs the bench as a person would, without Python. */
async function bench(...args: readonly string[]): Promise<{ readonly stdout: string; readonly report: Report }> {
  const dir = await Deno.makeTempDir();
  try {
    const json = join(dir, "bench.json");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, "--quick", "--json", json, "--python", join(dir, "no-python"), ...args],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return { stdout: new TextDecoder().decode(stdout), report: JSON.parse(await Deno.readTextFile(json)) };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function median(report: Report, name: string, contender: string, metric: string): number {
  const measured = report.results.find((r) => r.name === name)?.contenders.find((c) => c.name === contender);
  assertEquals(measured?.trouble, undefined);
  return measured?.medians[metric]?.median ?? NaN;
}

Deno.test("bench: functions run within five times of what they took when this was written", async () => {
  const { stdout, report } = await bench("--only", "throughput-10000", "--rounds", "2");
  assertEquals(report.results.map((r) => r.name), ["throughput-10000"]);
  assert(report.machine.cores > 0 && report.quick);
  assertStringIncludes(stdout, "Parsl threads (2,000 tasks): not measured: ");
  const ours = median(report, "throughput-10000", "sluice", "perSecond");
  assert(ours > 4000, `only ${ours} tasks/s`);
  const toBare = report.results[0]?.targets.find((t) => t.target.called === "the best bare pool")?.got?.max ?? NaN;
  assert(toBare > 0.12, `only ${toBare} of a bare pool`);
  const parsl = report.results[0]?.targets.filter((t) => t.target.against.some((name) => name.startsWith("Parsl")));
  assertEquals(parsl?.map((t) => t.verdict), ["unknown"]);
});

Deno.test("bench: a waiting task takes no more than a kilobyte, and one that is over and dropped nothing", async () => {
  const { report } = await bench("--only", "memory", "--rounds", "1");
  for (const kind of ["function", "bash"]) {
    const bytes = median(report, "memory-waiting", `sluice, ${kind}, 200,000`, "heap");
    assert(bytes > 50 && bytes < 1024, `${bytes} bytes of heap for a waiting ${kind} app`);
  }
  const held = median(report, "memory-finished", "sluice, function, 50,000", "held");
  assert(held > 50 && held < 1024, `${held} bytes of heap for a future that is held`);
  const dropped = median(report, "memory-finished", "sluice, function, 50,000", "dropped");
  assert(dropped < 100, `${dropped} bytes of heap stay for a future that was dropped`);
});

function measured(name: string, ...values: readonly (number | undefined)[]): Measured {
  const rounds = values.map((x) => x === undefined ? undefined : { x });
  return { name, rounds, medians: {}, trouble: undefined };
}

const target = { of: "ours", metric: "x", want: "atLeast" as const, value: 2 };

Deno.test("judge() compares round by round with the best of the others", () => {
  const all = [measured("ours", 10, 40, 90), measured("slow", 1, 1, 1), measured("fast", 5, 10, 30)];
  const judged = judge({ ...target, against: ["slow", "fast"] }, all);
  assertEquals(judged.got, { median: 3, min: 2, max: 4 });
  assertEquals(judged.verdict, "reached");
  const least = judge({ ...target, want: "atMost", against: ["slow", "fast"] }, all);
  assertEquals(least.got, { median: 40, min: 10, max: 90 });
  assertEquals(least.verdict, "missed");
  assertEquals(judge({ ...target, value: 41, against: [] }, all).verdict, "missed");
});

Deno.test("judge() knows nothing without a peer, and leaves out rounds that failed", () => {
  assertEquals(judge({ ...target, against: ["gone"] }, [measured("ours", 1)]).verdict, "unknown");
  const all = [measured("ours", 4, undefined, 9), measured("peer", 2, 2, 3)];
  assertEquals(judge({ ...target, against: ["peer"] }, all).got, { median: 2.5, min: 2, max: 3 });
});

Deno.test("spread() and quantile() interpolate between the two in the middle", () => {
  assertEquals(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
  assertEquals(spread([]), undefined);
  assertEquals(quantile([0, 10], 0.95), 9.5);
});

Deno.test("number() shows three digits that mean something", () => {
  assertEquals([0, 0.01234, 1.5, 15.26, 152.6, 123456.7].map(number), ["0", "0.012", "1.50", "15.3", "153", "123,457"]);
});

const judged: Judged = {
  target: { ...target, against: ["peer"] },
  got: { median: 3, min: 2.5, max: 4 },
  against: ["peer"],
  verdict: "reached",
};
const result: CaseResult = {
  name: "case",
  title: "A case",
  metrics: [{ key: "x", title: "things/s" }],
  contenders: [
    { ...measured("ours", 6), medians: { x: { median: 6, min: 5, max: 7 } } },
    { ...measured("peer"), trouble: "not measured: it is not there" },
  ],
  targets: [judged],
};

Deno.test("table() shows medians, targets and who is missing", () => {
  const text = table(result);
  assertStringIncludes(text, "ours   6.00 (5.00..7.00)");
  assertStringIncludes(text, "peer: not measured: it is not there");
  assertStringIncludes(text, "reached: ours, things/s, is 3.00 x peer (2.50..4.00); wanted at least 2.00");
});

Deno.test("renderPage() keeps what is above its mark and replaces what is below", () => {
  const machine = {
    cpu: "A CPU",
    cores: 2,
    memoryGb: 8,
    os: "linux 6",
    deno: "2.9.6",
    toolkit: "0",
    date: "2026-01-02",
    load: { before: 0.1, after: 2 },
    peers: { bash: "GNU bash 5" },
  };
  const first = renderPage("# By hand\n", machine, [result]);
  assert(first.startsWith("# By hand\n\n<!-- made by"), first);
  assertStringIncludes(first, "A CPU, 2 cores, 8 GB");
  assertStringIncludes(first, "Of 1 targets 1 were reached and 0 missed.");
  assertEquals(renderPage(first, machine, [result]), first);
});

Deno.test("readOptions() refuses what it does not know", () => {
  assertEquals(readOptions(["--only", "a", "--only=b", "--rounds", "3", "--quick"]).only, ["a", "b"]);
  assertThrows(() => readOptions(["--fast"]), TypeError, "--fast is not understood");
  assertThrows(() => readOptions(["--rounds", "0"]), TypeError, '--rounds must be a whole number from 1, and is "0"');
});
