import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { importSpecifiers } from "../../../../lib/graph/memo/import_scanner.ts";

function scan(name: string, source: string, expected: readonly string[]): void {
  Deno.test(`importSpecifiers() ${name}`, () => assertEquals(importSpecifiers(source), [...expected]));
}

scan(
  "finds every static form",
  `
  import "./side.ts"
  import a from "./a.ts";
  import * as b from './b.ts';
  import { c, d as e, default as f, "odd name" as g } from "./c.ts";
  import h, { i } from "./h.ts"; import j, * as k from "./j.ts";
  import data from "./data.json" with { type: "json" };
  export * from "./k.ts"; export * as l from "./l.ts"; export { m, n as default } from "./m.ts";
  import defer * as o from "./o.ts";
  import{p}from"./p.ts";export{q}from"./q.ts"
`,
  [
    "./side.ts",
    "./a.ts",
    "./b.ts",
    "./c.ts",
    "./h.ts",
    "./j.ts",
    "./data.json",
    "./k.ts",
    "./l.ts",
    "./m.ts",
    "./o.ts",
    "./p.ts",
    "./q.ts",
  ],
);

scan(
  "finds literal dynamic imports",
  `
  await import("./a.ts"); import('./b.json', { with: { type: "json" } }); const f = () => import(\`./c.ts\`);
  import(name); import("./" + name); import(\`./\${name}.ts\`); import.meta.url; x.import("./no.ts");
`,
  ["./a.ts", "./b.json", "./c.ts"],
);

scan(
  "leaves out what is only a type",
  `
  import type { A } from "./a.ts"; import type B from "./b.ts"; import type * as C from "./c.ts";
  export type { D } from "./d.ts"; export type * from "./e.ts"; export type F = string;
`,
  [],
);

scan(
  "knows a binding called type from the word",
  `
  import type from "./a.ts"; import type, { b } from "./b.ts"; import { type C, d } from "./c.ts";
`,
  ["./a.ts", "./b.ts", "./c.ts"],
);

scan(
  "is not misled by comments",
  `
  // import "./a.ts"
  /* import "./b.ts"
     import "./c.ts" */ import /* "./d.ts" */ e /* from */ from /**/ "./e.ts" // from "./f.ts"
`,
  ["./e.ts"],
);

scan(
  "is not misled by strings, templates and regular expressions",
  `
  const a = 'import "./a.ts"', b = "import './b.ts'", c = \`import "./c.ts" \${ d ? \`import("./d.ts")\` : import("./real.ts") } import "./e.ts"\`;
  const r = /import "[./]x.ts"/g, s = x.replace(/'/g, "").replace(/[/"]/g, ''); if (x) /"/.test(y);
  const t = a / b / c; const u = (a + b) / 2; const v = '"'; f()/2; arr[0] / "1"; \`\` / 2; 1 / 2;
  import "./last.ts";
`,
  ["./real.ts", "./last.ts"],
);

scan(
  "is not misled by names that are import, export or from",
  `
  const o = { import: "./a.ts", export: "./b.ts", from: "./c.ts" }; o.import; o.export;
  export const from = "./d.ts"; export default "./e.ts"; export { x }; const y = { from };
  export function f(from = "./f.ts") { return from; } export class G { from = "./g.ts"; }
  import fs = require("./h.ts");
`,
  [],
);

scan("takes a binding called from", `import from from "./a.ts"; export { from } from "./b.ts"; export { from as x };`, [
  "./a.ts",
  "./b.ts",
]);

scan(
  "goes on after text of JSX and unclosed quotes",
  `
  const a = <p>don't</p>; const b = <p>say "hi</p>;
  import "./a.ts";
`,
  ["./a.ts"],
);

scan("takes each specifier once", `import a from "./a.ts"; export * from "./a.ts"; import("./a.ts");`, ["./a.ts"]);

Deno.test("importSpecifiers() ends on any text and never runs away", () => {
  const piece = fc.constantFrom(
    ..."import export from type ( ) { } * , ; / ` ' \" ${ // /* */ \\ a . \n = [ ]".split(" "),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const found = importSpecifiers(pieces.join(" "));
      assertEquals(found.every((specifier) => typeof specifier === "string"), true);
    }),
    { numRuns: 2000 },
  );
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
    importSpecifiers(text);
  }));
});

Deno.test("importSpecifiers() finds an import behind any noise that is closed", () => {
  const noise = fc.constantFrom(
    "/* it's */",
    "// don't",
    "'\\''",
    '"\\""',
    "`a${`b${'}'}`}c`",
    "/['\"`]/.test(x)",
    "x = a / b",
    "({a: 1})",
    "const s = `\\``",
    "if (a) { b() }",
  );
  fc.assert(fc.property(fc.array(noise), (parts) => {
    assertEquals(importSpecifiers([...parts.map((p) => `${p}\n;`), 'import "./found.ts"'].join("\n")), ["./found.ts"]);
  }));
});
