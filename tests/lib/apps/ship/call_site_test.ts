import { assertEquals } from "@std/assert";
import { callSiteFile } from "../../../../lib/apps/ship/call_site.ts";

Deno.test("callSiteFile() is the line that called, though tests live below the toolkit's root", () => {
  const site = callSiteFile();
  assertEquals(site, { file: import.meta.url, line: 5 });
});

Deno.test("callSiteFile() restores Error.stackTraceLimit, and works when it is 0", () => {
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
    assertEquals(callSiteFile()?.file, import.meta.url);
    assertEquals(Error.stackTraceLimit, 0);
  } finally {
    Error.stackTraceLimit = limit;
  }
});

Deno.test("callSiteFile() finds the line after an await and inside native callbacks", async () => {
  await Promise.resolve();
  assertEquals(callSiteFile(), { file: import.meta.url, line: 22 });
  assertEquals([1].map(() => callSiteFile()?.line), [23]);
});

Deno.test("callSiteFile() is undefined when the script makes something else of stacks", () => {
  const before = Error.prepareStackTrace;
  try {
    Error.prepareStackTrace = () => ["no text"];
    assertEquals(callSiteFile(), undefined);
  } finally {
    Error.prepareStackTrace = before;
  }
});
