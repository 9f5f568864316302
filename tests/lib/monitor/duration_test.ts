import { assertEquals } from "@std/assert";
import { day, durationText, wholeSeconds, zone } from "../../../lib/monitor/duration.ts";

Deno.test("durationText() shows the two largest units", () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, "0ms"],
    [0, "0ms"],
    [999, "999ms"],
    [999.7, "1.0s"],
    [9949, "9.9s"],
    [10_000, "10s"],
    [59_999, "59s"],
    [60_000, "1m 0s"],
    [723_000, "12m 3s"],
    [3_599_999, "59m 59s"],
    [7_500_000, "2h 5m"],
    [97_200_000, "1d 3h"],
  ];
  for (const [ms, text] of cases) assertEquals(durationText(ms), text);
});

Deno.test("wholeSeconds() has no parts of a second", () => {
  assertEquals([0, 999, 1000, 61_500].map(wholeSeconds), ["0s", "0s", "1s", "1m 1s"]);
});

Deno.test("day() and zone() are those of this machine", () => {
  const date = new Date(2026, 0, 9, 3);
  assertEquals(day(date.getTime()), "2026-01-09");
  const [hours = 0, minutes = 0] = zone(date.getTime()).slice(1).split(":").map(Number);
  const sign = zone(date.getTime()).startsWith("-") ? 1 : -1;
  assertEquals(sign * (hours * 60 + minutes) || 0, date.getTimezoneOffset());
});
