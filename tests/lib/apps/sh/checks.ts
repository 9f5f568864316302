import { assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import { type Hole, type Sh, TemplateError } from "../../../../lib/apps/sh.ts";
import { runBash } from "./bash.ts";

/** A hole that the types would refuse. */
export function wrong(value: unknown): Hole {
  return value as Hole; // only what the types refuse gets here
}

/** Checks that a template is refused with such a message. */
export function refused(make: () => Sh, message: RegExp): void {
  const error = assertThrows(make, TemplateError);
  assertInstanceOf(error, TypeError);
  assertMatch(error.message, message);
}

/** What a piece prints when bash runs it; it must end well and say nothing on stderr. */
export async function stdout(piece: Sh): Promise<string> {
  const ran = await runBash(piece.render());
  assertEquals([ran.stderr, ran.code], ["", 0], piece.render());
  return ran.stdout;
}
