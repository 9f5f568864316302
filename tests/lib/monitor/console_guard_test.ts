// deno-lint-ignore-file no-console
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { guardConsole } from "../../../lib/monitor/console_guard.ts";

/** Puts a function in place of console.log for as long as the test body runs. */
function withLog(log: (...args: unknown[]) => void, body: () => void): void {
  const original = console.log;
  console.log = log;
  try {
    body();
  } finally {
    console.log = original;
  }
}

Deno.test("guardConsole() calls before and after around what is printed, and passes it on as it is", () => {
  const story: unknown[] = [];
  withLog((...args) => story.push(args), () => {
    const release = guardConsole(() => story.push("before"), () => story.push("after"));
    console.log("a", 1, { b: 2 });
    release();
    console.log("later");
  });
  assertEquals(story, ["before", ["a", 1, { b: 2 }], "after", ["later"]]);
});

Deno.test("guardConsole() counts a print within a print once, and also ends when it throws", () => {
  const story: string[] = [];
  withLog((text) => {
    if (text === "outer") console.log("inner");
    if (text === "bad") throw new Error("bad print");
    story.push(String(text));
  }, () => {
    const release = guardConsole(() => story.push("<"), () => story.push(">"));
    console.log("outer");
    assertThrows(() => console.log("bad"), Error, "bad print");
    release();
  });
  assertEquals(story, ["<", "inner", "outer", ">", "<", ">"]);
});

Deno.test("guardConsole() puts every function back, but not over those of somebody else", () => {
  const before = { ...console };
  guardConsole(() => {}, () => {})();
  assertEquals(Object.entries(console).filter(([name, value]) => Reflect.get(before, name) !== value), []);
  withLog(() => {}, () => {
    const release = guardConsole(() => {}, () => {});
    const others = (): void => {};
    console.log = others;
    release();
    assertStrictEquals(console.log, others);
  });
});
