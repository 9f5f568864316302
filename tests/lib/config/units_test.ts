import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { type Duration, formatDuration, formatSize, parseDuration, parseSize } from "../../../lib/config/units.ts";
import type { Size } from "../../../lib/config/units.ts";
import { duration, size } from "../../../lib/config/codecs.ts";
import * as z from "../../../lib/deps/zod.ts";
import { ConfigError } from "../../../lib/errors/mod.ts";

Deno.test("parseDuration() reads numbers, units and clock forms", () => {
  const cases: readonly [Duration, number][] = [
    [90, 90],
    [0.5, 0.5],
    ["90s", 90],
    ["5m", 300],
    ["2h", 7200],
    ["1d", 86_400],
    ["500ms", 0.5],
    ["1h30m", 5400],
    ["1d12h", 129_600],
    ["1.5h", 5400],
    ["0:30:00", 1800],
    ["00:00:01", 1],
    ["100:00:00", 360_000],
    ["1-00:00:00", 86_400],
    ["1-12", 129_600],
    ["1-12:30", 131_400],
  ];
  for (const [text, seconds] of cases) assertEquals(parseDuration(text, "walltime"), seconds, String(text));
  assertEquals(parseDuration(" 1H 30M ", "walltime"), 5400);
});

Deno.test("parseDuration() refuses everything else with the fix", () => {
  const forms = 'a duration is a number of seconds or a text such as "90s", "5m", "1h30m", "0:30:00" (h:mm:ss) or ' +
    '"1-00:00:00" (d-hh:mm:ss)';
  const cases: readonly [unknown, string][] = [
    ["1:30", '"1:30" as walltime: two parts can mean h:mm or mm:ss; write "1:30:00" or "0:1:30"'],
    ["90", '"90" as walltime: it has no unit; write "90s" or "90m"'],
    ["-5m", '"-5m" as walltime: it is negative'],
    [-1, "-1 as walltime: it is negative"],
    [0, "0 as walltime: it must be longer than 0"],
    ["0s", '"0s" as walltime: it must be longer than 0'],
    [NaN, "NaN as walltime: it is not a number"],
    [Infinity, "Infinity as walltime: it is too long"],
    ["5m1h", '"5m1h" as walltime: its units must go from large to small, each once'],
    ["1h1h", '"1h1h" as walltime: its units must go from large to small, each once'],
    ["soon", `"soon" as walltime: ${forms}`],
    ["", `"" as walltime: ${forms}`],
    [true, `true as walltime: ${forms}`],
    [null, `nothing as walltime: ${forms}`],
    [undefined, `undefined as walltime: ${forms}`],
    [{}, `a mapping as walltime: ${forms}`],
    [new Date(0), `a Date as walltime: ${forms}`],
  ];
  for (const [value, message] of cases) {
    const error = assertThrows(() => parseDuration(value, "walltime"), ConfigError);
    assertEquals(error.message, `Cannot use ${message}`);
    assertEquals(error.place.expected, forms);
  }
  assertEquals(parseDuration(0, "killDelay", { zero: true }), 0);
});

Deno.test("parseSize() counts a number and a lone letter in 1024, and KB in 1000", () => {
  const cases: readonly [Size, number][] = [
    [4, 4 * 1024 ** 3],
    [0.5, 512 * 1024 ** 2],
    ["4GiB", 4 * 1024 ** 3],
    ["4GB", 4e9],
    ["500MB", 5e8],
    ["2TB", 2e12],
    ["512M", 512 * 1024 ** 2],
    ["1K", 1024],
    ["10B", 10],
    ["1.5GB", 1.5e9],
  ];
  for (const [text, bytes] of cases) assertEquals(parseSize(text, "memPerWorker"), bytes, String(text));
  assertEquals(parseSize(" 4 gib ", "memPerWorker"), 4 * 1024 ** 3);
});

Deno.test("parseSize() refuses everything else with the fix", () => {
  const forms = 'a size is a number of GB or a text such as "4GiB", "500MB", "2TB" or "512M"';
  const cases: readonly [unknown, string][] = [
    ["4", '"4" as memPerWorker: it has no unit; write "4GB" or "4MB"'],
    ["-4GB", '"-4GB" as memPerWorker: it is negative'],
    [-4, "-4 as memPerWorker: it is negative"],
    [0, "0 as memPerWorker: it must be at least 1 byte"],
    [NaN, "NaN as memPerWorker: it is not a number"],
    ["99999999PB", '"99999999PB" as memPerWorker: it is too large'],
    ["big", `"big" as memPerWorker: ${forms}`],
    [[], `a list as memPerWorker: ${forms}`],
  ];
  for (const [value, message] of cases) {
    const error = assertThrows(() => parseSize(value, "memPerWorker"), ConfigError);
    assertEquals(error.message, `Cannot use ${message}`);
  }
});

Deno.test("formatDuration() reads back as exactly the same seconds", () => {
  const seconds = fc.oneof(
    fc.integer({ min: 0, max: 4_000_000_000 }),
    fc.integer({ min: 1, max: 10_000_000 }).map((ms) => ms / 1000),
    fc.double({ min: 0, max: 1e9, noNaN: true }).map((x) => x + 0),
  );
  fc.assert(fc.property(seconds, (x) => parseDuration(formatDuration(x), "it", { zero: true }) === x));
  assertEquals([5400, 90, 0, 86_400, 0.5, 1.25].map(formatDuration), ["1h30m", "1m30s", "0s", "1d", "500ms", "1.25s"]);
});

Deno.test("formatSize() reads back as exactly the same bytes", () => {
  const bytes = fc.oneof(
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.tuple(fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 0, max: 4 })).map(([n, e]) => n * 1024 ** e),
    fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 3 })).map(([n, e]) => n * 1000 ** e),
  );
  fc.assert(fc.property(bytes, (x) => parseSize(formatSize(x), "it") === x));
  assertEquals([4 * 1024 ** 3, 5e8, 17, 1536].map(formatSize), ["4GiB", "500MB", "17B", "1536B"]);
});

Deno.test("duration() and size() decode what they encode, and encode what they decode", () => {
  const seconds = fc.integer({ min: 1, max: 4_000_000_000 });
  fc.assert(fc.property(seconds, (x) => {
    const text = z.encode(duration(), x);
    return z.decode(duration(), text) === x && z.encode(duration(), z.decode(duration(), text)) === text;
  }));
  fc.assert(fc.property(fc.integer({ min: 1 }), (x) => {
    const text = z.encode(size(), x);
    return z.decode(size(), text) === x && z.encode(size(), z.decode(size(), text)) === text;
  }));
});

Deno.test("parseDuration() and parseSize() only ever throw a ConfigError", () => {
  const anything = fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^[-0-9:.dhmsKMGTiB ]*$/));
  fc.assert(fc.property(anything, (value) => {
    for (const parse of [parseDuration, parseSize]) {
      try {
        const x = parse(value, "it");
        if (!(x > 0) || !Number.isFinite(x)) return false;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
    }
    return true;
  }));
});
