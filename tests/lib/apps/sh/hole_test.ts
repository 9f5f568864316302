import { assertEquals } from "@std/assert";
import { sh } from "../../../../lib/apps/sh.ts";
import { refused, wrong } from "./checks.ts";

Deno.test("sh() refuses values that are no text, when the template is made", () => {
  const cases: [unknown, RegExp][] = [
    [undefined, /^Cannot use expression 2 of 2: it is undefined\nhint: .*\[x\]/],
    [null, /it is null/],
    [true, /it is true\nhint: spread a list/],
    [false, /it is false/],
    [{ a: 1 }, /it is an object\nhint: /],
    [new Map(), /an object of class Map\nhint: make a list/],
    [Object.create(null), /it is an object/],
    [new Date(), /a Date\nhint: .*toISOString/],
    [Promise.resolve(1), /a promise\nhint: await it/],
    [() => 1, /a function/],
    [Symbol("s"), /a symbol/],
    [NaN, /it is NaN/],
    [-Infinity, /it is -Infinity/],
    ["a\0b", /NUL byte/],
    ["\ud800", /surrogate/],
    [[["a"]], /^Cannot use element 1 of expression 2 of 2: it is a list in a list/],
    [["a", undefined], /^Cannot use element 2 of expression 2 of 2: it is undefined/],
    [new Array<string>(2), /element 1 of expression 2 of 2: it is undefined/],
  ];
  for (const [value, message] of cases) refused(() => sh`echo ${"x"} ${wrong(value)}`, message);
  for (const [value] of cases.slice(0, 15)) refused(() => sh`echo "${wrong(value)}"`, /expression 1 of 1/);
});

Deno.test("sh() refuses places where nothing can be quoted", () => {
  const x = "x";
  refused(() => sh`echo # ${x}`, /^Cannot use expression 1 of 1: it stands in a comment\nhint: /);
  refused(() => sh`echo \`cat ${x}\``, /`…` substitution\nhint: write \$\(…\)/);
  refused(() => sh`echo \${y:-${x}}`, /\$\{…\} expansion\nhint: set a variable/);
  refused(() => sh`echo "\${y#"${x}"}"`, /\$\{…\} expansion/);
  refused(() => sh`echo "$${x}"`, /a \$ stands right before it/);
  refused(() => sh`echo $${x}`, /a \$ stands right before it/);
  refused(
    () =>
      sh`echo "$y\
${x}"`,
    /name of a variable runs into it/,
  );
  refused(() => sh`echo "$y${x}"`, /name of a variable runs into it\nhint: .*\$\{name\}/);
  refused(() => sh`echo $'\x4${x}'`, /an escape .* runs into it/);
  refused(() => sh`${x}=5`, /name of a variable in an assignment/);
  refused(() => sh`${x}[1]=5`, /name of a variable in an assignment/);
  refused(() => sh`${x}() { :; }`, /a \( follows it/);
  refused(() => sh`for ${x} in a; do :; done`, /where a name is declared/);
  refused(() => sh`function ${x} { :; }`, /where a name is declared/);
  refused(() => sh`cat <<${x}`, /tag of a here-document/);
  refused(() => sh`PS4=${x}`, /runs the value of PS4 as code/);
  refused(() => sh`[ ${x} ${x} ]`, /expression 2 of 2: two values stand side by side/);
  refused(() => sh`a=(${x};)`, /a ; cannot stand in an array/);
  refused(
    () =>
      sh`cat <<'E'
${x}
E`,
    /tag of the here-document is quoted/,
  );
});

Deno.test("sh() takes only integers where bash computes", () => {
  const n = 7;
  assertEquals(
    sh`((${n} > -${-2})); echo $((${"12"})) $[${n}] \${a[${n}]}; a[${n}]=x; let y=${n}; [[ ${n} -eq "${n}" ]]`.render(),
    "((7 > - -2)); echo $((12)) $[7] ${a[7]}; a[7]=x; let y=7; [[ '7' -eq \"7\" ]]",
  );
  const bad = "a[$(touch x)]";
  const why = /^Cannot use expression 1 of 1: only an integer may stand in .*, but it is "a\[\$\(touch x\)\]"\nhint: /;
  refused(() => sh`((${bad}))`, why);
  refused(() => sh`for ((i = 0; i < "${bad}"; i++)); do :; done`, why);
  refused(() => sh`while((${bad})); do :; done`, why);
  refused(() => sh`!((${bad}))`, why);
  refused(() => sh`for((; ${bad}; )); do :; done`, why);
  refused(() => sh`f() ((${bad}))`, why);
  refused(() => sh`function f ((${bad}))`, why);
  refused(() => sh`coproc c ((${bad}))`, why);
  refused(() => sh`case a in a)((${bad})) ;; esac`, why);
  refused(() => sh`true;((${bad}))&&((${bad}))`, /expression 1 of 2: only an integer/);
  refused(() => sh`echo $((1 + ${bad}))`, why);
  refused(() => sh`echo "$[${bad}]"`, why);
  refused(() => sh`a[${bad}]=1`, why);
  refused(() => sh`a=([${bad}]=1)`, why);
  refused(() => sh`echo \${a[${bad}]}`, why);
  refused(() => sh`[[ ${bad} -eq 1 ]]`, why);
  refused(() => sh`[[ a == b && 1 -lt "x${bad}" ]]`, why);
  refused(() => sh`[[ -v a[${bad}] ]]`, why);
  refused(() => sh`if [[(${bad} -eq 1)]]; then :; fi`, why);
  refused(() => sh`[[(-v ${bad})]]`, /takes the name of a variable/);
  refused(() => sh`let "x = ${bad}"`, why);
  refused(() => sh`declare -i x=${bad}`, why);
  refused(() => sh`local -ri x=1; x=${bad}`, why);
  refused(() => sh`typeset -i x; x+=${bad}`, why);
  refused(() => sh`declare -ai x=(${bad})`, why);
  refused(() => sh`RANDOM=${bad}`, why);
  refused(() => sh`printf -v "a[${bad}]" x`, why);
  refused(() => sh`echo >&${bad}`, why);
  for (const text of ["", "1 ", "0x1", "08", "1e3", "9223372036854775808", "1.5"]) {
    refused(() => sh`((${text}))`, /only an integer/);
  }
});

Deno.test("sh() takes only names where bash takes the name of a variable", () => {
  assertEquals(
    sh`export ${"A"}=${"(x)"}; read -p ${"[y/n] "} ${"v"}`.render(),
    "export A='(x)'; read -p '[y/n] ' v",
  );
  for (const bad of ["a[$(touch x)]", "-i"]) {
    const why = /takes the name of a variable, but it is .*\nhint: /;
    refused(() => sh`declare ${bad}=1`, why);
    refused(() => sh`command export "${bad}"`, why);
    refused(() => sh`unset ${bad}`, why);
    refused(() => sh`read ${bad}`, why);
    refused(() => sh`printf -v ${bad} x`, why);
    refused(() => sh`test -v ${bad}`, why);
    refused(() => sh`[[ -v ${bad} ]]`, why);
    refused(() => sh`wait -n -p ${bad}`, why);
    refused(() => sh`declare -n x=${bad}`, why);
  }
  refused(() => sh`declare -${"i"} x=1`, /an option of declare/);
  refused(() => sh`printf ${"-vx"}`, /is an option\nhint: /);
  refused(() => sh`local x=${"($(touch y))"}`, /runs a value that begins with \(/);
  refused(() => sh`declare -a "x=(${"y"})"`, /reads a quoted \(…\) as an array/);
});

Deno.test("sh() refuses what is left open, and says where", () => {
  const closed = (text: string): RegExp => new RegExp(`^Cannot read the template: the ${text} is never closed\nhint: `);
  refused(() => sh`echo '${"x"}`, closed("'…' quote opened on line 1"));
  refused(
    () =>
      sh`true
echo "it's ${"x"}`,
    closed('"…" quote opened on line 2'),
  );
  refused(() => sh`echo $(cat ${"x"}`, closed("\\$\\(…\\) opened on line 1"));
  refused(() => sh`case ${"x"} in a) :;;`, closed("case … esac opened on line 1"));
  refused(() => sh`[[ ${"x"} == y`, closed("\\[\\[ … \\]\\] opened on line 1"));
  refused(() => sh`cat <<E`, closed("here-document <<E"));
  refused(
    () =>
      sh`cat <<E
x
  E`,
    closed("here-document <<E"),
  );
  refused(() => sh`echo ${"x"})`, /a \) closes nothing \(line 1\)/);
});
