import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseReport, ReportReader } from "../../../lib/command/reports.ts";

Deno.test("parseReport() reads each kind of line", () => {
  assertEquals(parseReport("l 12"), { kind: "loop", loop: 12 });
  assertEquals(parseReport("x 12"), { kind: "loopDied", loop: 12 });
  assertEquals(parseReport("?a 12"), { kind: "marker", marker: "?a", loop: 12 });
  assertEquals(parseReport("+ab 12 34"), { kind: "started", token: "ab", loop: 12, pid: 34 });
  assertEquals(parseReport("v 3.2.57(1)-release"), { kind: "tooOld", version: "3.2.57(1)-release" });
  const plain = { kind: "ended", token: "ab", loop: 12, code: 137 } as const;
  assertEquals(parseReport("-ab 12 137 "), {
    ...plain,
    stdout: false,
    stderr: false,
    signalled: false,
    leftovers: false,
    refused: false,
  });
  assertEquals(parseReport("-ab 12 137 oesgr"), {
    ...plain,
    stdout: true,
    stderr: true,
    signalled: true,
    leftovers: true,
    refused: true,
  });
});

Deno.test("parseReport() never throws, and tells what it cannot read", () => {
  fc.assert(fc.property(fc.string(), (line) => {
    const report = parseReport(line);
    if (report.kind === "unknown") assertEquals(report.line, line);
  }));
  for (const line of ["", "+ab", "+ab 1", "+ab x y", "-ab 1 2", "-ab 1 -2 o", "!ab c", "l", "l x", "hello"]) {
    assertEquals(parseReport(line), { kind: "unknown", line });
  }
});

Deno.test("ReportReader.push() gives the same reports however the bytes were cut", () => {
  const lines = ["l 1", "+ab 1 2", "-ab 1 0 oe", "?b 1", "x 1"];
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
    const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
    const reader = new ReportReader();
    const reports = at.slice(1).flatMap((end, i) => reader.push(bytes.subarray(at[i], end)));
    assertEquals(reports, lines.map(parseReport));
  }));
});
