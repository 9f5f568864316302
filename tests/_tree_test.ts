import { assertEquals } from "@std/assert";
import { codeOf, mentionsOf, targetOf, withoutComments } from "./_tree.ts";

const SOURCE = 'a; // any\nb("any", `x\n${y}`, /any"/g); /* any\n */ c / d / e';

Deno.test("codeOf() blanks comments, texts and regular expressions and keeps lines", () => {
  const lines = codeOf(SOURCE).split("\n").map((line) => line.replace(/ +/g, " "));
  assertEquals(lines, ["a; ", "b( , ", " , ); ", " c / d / e"]);
  assertEquals(codeOf(SOURCE).length, SOURCE.length);
});

Deno.test("withoutComments() keeps texts and regular expressions", () => {
  const lines = withoutComments(SOURCE).split("\n").map((line) => line.replace(/ +/g, " "));
  assertEquals(lines, ["a; ", 'b("any", ', ' , /any"/g); ', " c / d / e"]);
});

Deno.test("mentionsOf() finds every way in which a file mentions another", () => {
  const text = `import a from "./a.ts";
import type { B } from "./b.ts";
import { type C, type D } from "./c.ts";
import { type C, d } from "./d.ts";
import * as f from "node:fs";
export { g } from "./g.ts";
export type {
  H,
} from "./h.ts";
import "./e.ts";
// import "./no.ts";
export interface X {
  readonly a: "no";
}
/** import "./no.ts"; */
export const url = "./no.ts";
export { url };
const i = await import("./i.ts");
type J = import("./j.ts").J;
new Worker(new URL("./k.ts", import.meta.url));
`;
  assertEquals(
    mentionsOf(text).map(({ specifier, how, typesUnsaid }) => `${how} ${specifier}${typesUnsaid ? " !" : ""}`),
    [
      "static ./a.ts",
      "type ./b.ts",
      "static ./c.ts !",
      "static ./d.ts",
      "static node:fs",
      "static ./g.ts",
      "type ./h.ts",
      "static ./e.ts",
      "dynamic ./i.ts",
      "dynamic ./j.ts",
      "url ./k.ts",
    ],
  );
});

Deno.test("targetOf() resolves from the top of the tree", () => {
  assertEquals(targetOf("lib/a/b.ts", "../../mod.ts"), "mod.ts");
  assertEquals(targetOf("mod.ts", "./lib/a.ts"), "lib/a.ts");
  assertEquals(targetOf("mod.ts", "node:fs"), undefined);
});
