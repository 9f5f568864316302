import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutToWidth, fitToWidth, plainText, textWidth } from "../../../lib/monitor/text_width.ts";

Deno.test("textWidth() counts wide, joined and accented characters", () => {
  assertEquals(textWidth("align"), 5);
  assertEquals(textWidth("解析"), 4);
  assertEquals(textWidth("e\u0301"), 1);
  assertEquals(textWidth("한글"), 4);
  assertEquals(textWidth("ｱｲｳ"), 3);
  assertEquals(textWidth("🧬"), 2);
  assertEquals(textWidth(""), 0);
});

/** Ranges that Unicode's table of East Asian widths calls wide or full-width, from all over it. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2e9b, 0x2ef3],
  [0x3000, 0x3029],
  [0x3041, 0x3096],
  [0x30a1, 0x30ff],
  [0x3105, 0x312f],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa48c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfad9],
  [0xfe30, 0xfe52],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x187f7],
  [0x1f32d, 0x1f335],
  [0x1f600, 0x1f64f],
  [0x1f680, 0x1f6c5],
  [0x20000, 0x2a6df],
];

Deno.test("textWidth() gives two columns to everything that Unicode calls wide", () => {
  for (const [first, last] of WIDE) {
    for (let code = first; code <= last; code++) {
      assertEquals(textWidth(String.fromCodePoint(code)), 2, `U+${code.toString(16)}`);
    }
  }
});

Deno.test("cutToWidth() never exceeds the width and never splits a character", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, width) => {
    const cut = cutToWidth(text, width);
    assert(textWidth(cut) <= width, `${JSON.stringify(cut)} is wider than ${width}`);
    assert(cut === text || text.startsWith(cut.replace(/…$/, "")));
    assert(cut.isWellFormed());
  }));
  assertEquals(cutToWidth("解析する", 5), "解析…");
  assertEquals(cutToWidth("align", 5), "align");
  assertEquals(cutToWidth("align", 0), "");
});

Deno.test("fitToWidth() fills on either side", () => {
  assertEquals(fitToWidth("解", 4, "left"), "解  ");
  assertEquals(fitToWidth("12", 4, "right"), "  12");
});

Deno.test("plainText() takes away whatever moves the cursor, colours, rings or names the window", () => {
  assertEquals(plainText("\x1b[31mred\x1b[0m\x07 \x1b]0;title\x07x\x1b[2J\x9b1Ay\x1bcz"), "red x1Ayz");
  assertEquals(plainText("a\r\nb\rc\td"), "a\nb\nc  d");
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("\x1b", "[", "]", "A", "1", ";", "\x07", "\n", "\x9b", "é") }),
      (text) => {
        // deno-lint-ignore no-control-regex
        assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(plainText(text)));
      },
    ),
  );
});
