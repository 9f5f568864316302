import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { type Sh, sh } from "../../../lib/apps/sh.ts";
import { runBash } from "./sh/bash.ts";
import { fileOf, futureOf } from "./sh/fakes.ts";

/** How many strings go through each context; `RUNS=4000` for a long run. */
const RUNS = Number(Deno.env.get("RUNS") ?? 120);
/** How many strings share one bash. */
const BATCH = Math.min(40, RUNS);

const unit = fc.constantFrom(
  ..."'\"`$\\\n !*?~#;&|<>(){}[]=-+,.:/@%^aE0\t\réZ日\u{1f600}\ufeff\u00a0\x01\x7f",
  "EOF",
  "EOF)",
  "\nEOF\n",
  "\\\n",
  "\n\t",
  "$(touch canary)",
  "`touch canary`",
  "a[$(touch canary)]",
  "${HOME}",
  "$'",
  "]]",
  "esac",
  ";;",
);
const words = [
  "",
  "EOF",
  "EO",
  "E",
  "F",
  "OF",
  "if",
  "in",
  "esac",
  "-v",
  "-n",
  "a=b",
  "~",
  "~root",
  "2",
  "a,b",
  "1..3",
];
const nasty = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit, maxLength: 10 }) },
  fc.string({ unit: "grapheme", maxLength: 8 }).filter((s) => !s.includes("\0") && s.isWellFormed()),
  fc.constantFrom(...words),
);

/** A template around a string, and what it prints. */
type Context = readonly [make: (v: string) => Sh | string, prints: (v: string) => string];

const same = (v: string): string => v;
const angles = (v: string): string => `<${v}>`;
const yes = (): string => "y";

const CONTEXTS: Readonly<Record<string, Context>> = {
  "bare word": [(v) => sh`printf %s ${v}`, same],
  "before operators": [(v) => sh`{ printf %s ${v};printf %s ${v}&&printf %s ${v}>/dev/stdout;}|cat`, (v) => v + v + v],
  "glued to text": [(v) => sh`printf %s --x=${v}.y`, (v) => `--x=${v}.y`],
  "glued to holes and quotes": [
    (v) => sh`printf %s 'a'${v}${v}"b"${v}$'c'"${v}${v}"`,
    (v) => `a${v}${v}b${v}c${v}${v}`,
  ],
  "glued to expansions": [(v) => sh`u=; printf %s "$u"${v}\${u}${v}$(:)"\${u}${v}$#"`, (v) => `${v}${v}${v}0`],
  "double quotes": [(v) => sh`printf %s "<${v}>"`, angles],
  "single quotes": [(v) => sh`printf %s '<${v}>'`, angles],
  "ansi quotes": [(v) => sh`printf %s $'\t\\\'${v}\x41'`, (v) => `\t\\'${v}A`],
  "translated quotes": [(v) => sh`printf %s $"<${v}>"`, angles],
  "command word": [(v) => sh`${"printf"} %s ${v}`, same],
  "command as a list": [(v) => sh`${["printf", "%s", v]}`, same],
  "assignment": [(v) => sh`X=${v}; Y=a${v}"${v}"; printf %s "$X$Y"`, (v) => `${v}a${v}${v}`],
  "assignment before a command": [(v) => sh`X=${v} Y="${v}" bash -c 'printf %s "$X$Y"'`, (v) => v + v],
  "exported": [(v) => sh`export X=${v}; printf %s "$X"`, same],
  "array": [
    (v) =>
      sh`a=(x ${v} "${v}" # it's
${[
        v,
        v,
      ]}); printf '%s\1' "\${a[@]}"`,
    (v) => `x\x01${`${v}\x01`.repeat(4)}`,
  ],
  "array element": [(v) => sh`a=(); a[${3}]=${v}; printf %s "\${a[3]}"`, same],
  "list": [(v) => sh`printf '%s\1' ${[v, "", v]}`, (v) => `${v}\x01\x01${v}\x01`],
  "loop words": [
    (v) => sh`for x in ${[v, v]} a${v}; do printf '%s\1' "$x"; done`,
    (v) => `${v}\x01${v}\x01a${v}\x01`,
  ],
  "braces": [(v) => sh`printf '%s\1' {a,${v}}${1} {${v},b}`, (v) => `a1\x01${v}1\x01${v}\x01b\x01`],
  "$() in double quotes": [(v) => sh`printf %s "<$(printf %s. ${v})>"`, (v) => `<${v}.>`],
  "double quotes in $() in double quotes": [
    (v) => sh`printf %s "<$(printf %s. "${v}" '${v}')>"`,
    (v) => `<${v}.${v}.>`,
  ],
  "two levels of $()": [(v) => sh`printf %s "$(printf %s. "$(printf %s. ${v} "${v}")")"`, (v) => `${v}.${v}..`],
  "$() in ${}": [(v) => sh`printf %s "\${u:-$(printf %s. ${v} "${v}")}"`, (v) => `${v}.${v}.`],
  "process substitution": [(v) => sh`cat <(printf %s ${v})`, same],
  "case in $()": [
    (v) => sh`printf %s "$(case x in a) : ;; (b|x) printf %s. ${v} ;; esac; printf %s. '${v}')"`,
    (v) => `${v}.${v}.`,
  ],
  "case word and pattern": [(v) => sh`case ${v} in ${v}x) ;; ${v}) printf y ;; esac`, yes],
  "[[ == ]]": [(v) => sh`[[ ${v} == ${v} && x${v} == x"${v}" && ! ${v}y == ${v} ]] && printf y`, yes],
  "[[ =~ ]]": [(v) => sh`[[ a${v}b =~ ^a${v}b$ ]] && printf y`, yes],
  "[ and test": [(v) => sh`[ ${v} = "${v}" ] && [ x${v} != ${v} ] && test x${v} = x${v} && printf y`, yes],
  "after arithmetic": [
    (v) => sh`((x = 1 << ${2})); for ((; x > $((${1} + 1)); x--)); do :; done; printf %s$x ${v}`,
    (v) => `${v}2`,
  ],
  "here-string": [(v) => sh`cat <<< ${v}`, (v) => `${v}\n`],
  "here-document": [
    (v) =>
      sh`cat <<EOF
<${v}>
EOF`,
    (v) => `<${v}>\n`,
  ],
  "lines of a here-document": [
    (v) =>
      sh`cat <<EOF
${v}
${v}${v}
E${v}
${v}F
E${v}F
EOF`,
    (v) => `${v}\n${v}${v}\nE${v}\n${v}F\nE${v}F\n`,
  ],
  "several here-documents": [
    (v) =>
      sh`cat <<'A'; cat <<-EOF; printf %s ${v}
it's $(not run
A
	${v}
	${v}${v}x
	$(printf %s. "
	${v}")
	EOF
`,
    (v) => `it's $(not run\n${v}\n${v}${v}x\n\n${v}.\n${v}`,
  ],
  "$() in a here-document": [
    (v) =>
      sh`cat <<EOF
$(printf %s. ${v}; printf %s. "${v}"; printf %s. '${v}'; printf %s. $'${v}')
$(printf %s. \
${v}
printf %s. "
${v}
" '
${v}
' $'
${v}
'
)
EOF`,
    (v) => `${`${v}.`.repeat(4)}\n${v}.${`\n${v}\n.`.repeat(3)}\n`,
  ],
  "here-document in a here-document": [
    (v) =>
      sh`cat <<EOF
$(cat <<E
${v}.
E
)
EOF`,
    (v) => `${v}.\n`,
  ],
  "here-document in $()": [
    (v) =>
      sh`printf %s "$(cat <<EOF
<${v}>
${v}>
E${v}>
EOF
)"`,
    (v) => `<${v}>\n${v}>\nE${v}>`,
  ],
  "after comments": [
    (v) =>
      sh`# it's a "comment $(
printf %s ${v} # and 'another
`,
    same,
  ],
  "function": [(v) => sh`f() { local x=${`.${v}`} y; y=${v}; printf %s "$x$y"; }; f`, (v) => `.${v}${v}`],
  "file": [(v) => sh`printf %s ${fileOf(v)} "${fileOf(v)}"`, (v) => v + v],
  "future": [
    (v) => sh`printf %s ${futureOf<string>(1)} "${futureOf<string>(2)}" ${futureOf<string[]>(3)}`.render(() => v),
    (v) => v + v + v,
  ],
  "pieces": [
    (v) => sh`${sh`printf %s. ${v}`}; x=$(${sh`printf %s. "${v}" # it's`}); printf %s "$x" ${[sh`${v}`, v]}`,
    (v) => `${v}.${v}.${v}${v}`,
  ],
};

Deno.test("sh() keeps every string whole and never runs it, in all contexts", async () => {
  const property = fc.asyncProperty(fc.array(nasty, { minLength: BATCH, maxLength: BATCH }), async (values) => {
    const cases = Object.entries(CONTEXTS).flatMap(([name, [make, prints]]) =>
      values.map((v) => {
        const made = make(v);
        return { name, v, script: typeof made === "string" ? made : made.render(), expected: prints(v) };
      })
    );
    // One bash for all of them; no string holds the NUL that parts their output.
    const { stdout, stderr, canary } = await runBash(cases.map((c) => `${c.script}\nprintf '\\0'\n`).join(""));
    const printed = stdout.split("\0");
    const first = cases.findIndex((c, i) => c.expected !== printed[i]);
    const wrong = cases[first];
    if (wrong !== undefined) assertEquals(printed[first], wrong.expected, `${wrong.name}:\n${wrong.script}\n${stderr}`);
    assertEquals([stderr, canary], ["", false]);
  });
  await fc.assert(property, { numRuns: Math.ceil(RUNS / BATCH), endOnFailure: true });
});
