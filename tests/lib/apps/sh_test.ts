import { assert, assertEquals, assertInstanceOf, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import type { FutureOf } from "../../../lib/brand.ts";
import { type Hole, quoteWord, Sh, sh, shFrom, TemplateError } from "../../../lib/apps/sh.ts";
import { runBash } from "./sh/bash.ts";
import { fileOf, futureOf } from "./sh/fakes.ts";

const NASTY = 'it\'s $(x) `y` "z" \\';

/** A hole that the types would refuse. */
function wrong(value: unknown): Hole {
  return value as Hole; // only what the types refuse gets here
}

function refused(make: () => Sh, message: RegExp): void {
  const error = assertThrows(make, TemplateError);
  assertInstanceOf(error, TypeError);
  assertMatch(error.message, message);
}

async function stdout(piece: Sh): Promise<string> {
  const ran = await runBash(piece.render());
  assertEquals([ran.stderr, ran.code], ["", 0], piece.render());
  return ran.stdout;
}

Deno.test("sh() leaves the static text as it was typed, but for what JavaScript escapes", () => {
  assertEquals(sh`printf 'a\tb\n' "\\" \$x \${y} \`date\``.render(), "printf 'a\\tb\\n' \"\\\\\" \\$x ${y} `date`");
});

Deno.test("sh() quotes a hole in a bare word, and only when it has to", () => {
  assertEquals(sh`echo ${"plain/x.txt"} --n=${3} ${10n} ${-0} ${""}`.render(), "echo plain/x.txt --n=3 10 0 ''");
  assertEquals(sh`echo ${NASTY}`.render(), "echo 'it'\\''s $(x) `y` \"z\" \\'");
  assertEquals(
    sh`${"if"} ${"a=b"} ${"--a=b"} ${"~"} ${"#"} ${"*"} ${"a,b"}`.render(),
    "'if' 'a=b' --a=b '~' '#' '*' 'a,b'",
  );
});

Deno.test("sh() quotes a hole inside quotes of each kind", () => {
  assertEquals(sh`echo "${NASTY}"`.render(), 'echo "it\'s \\$(x) \\`y\\` \\"z\\" \\\\"');
  assertEquals(sh`echo '${NASTY}'`.render(), "echo 'it'\\''s $(x) `y` \"z\" \\'");
  assertEquals(sh`echo $'${NASTY}'`.render(), "echo $'it\\'s $(x) `y` \"z\" \\\\'");
  assertEquals(sh`echo $"${NASTY}"`.render(), 'echo $"it\'s \\$(x) \\`y\\` \\"z\\" \\\\"');
  assertEquals(sh`echo "$(cat ${"a b"} "${"c d"}")"`.render(), `echo "$(cat 'a b' "c d")"`);
});

Deno.test("sh() quotes a hole in a here-document, whatever its tag looks like", async () => {
  assertEquals(
    await stdout(sh`cat <<E; cat <<-"F G"; cat << \H; cat <<I'J'K; cat <<L
${NASTY}
E
	$tabs
	F G
$h
H
$i
IJK
<${"a\nL\n\nb"}>
L`),
    `${NASTY}\n$tabs\n$h\n$i\n<a\nL\n\nb>\n`,
  );
});

Deno.test("sh() keeps data from ending a here-document", async () => {
  const piece = sh`cat <<EOF
${"EOF"}
${"EO"}F
EO${""}F
${"E"}${"OF"}
${"a\nEOF"}
${"EOF\na"}
EO${"F\nb"}
$(printf '%s|' ${"EOF"} ${"a\nEOF\nb\\\nc"} "x
${"EOF"}
${"y\\\n"}" '
${"EOF"}
${"z\\\n"}' $'${"EOF\nw\\\n"}'
)
EOF
cat <<-E
	${"E"}
	${"\tE"}
	E
echo done`;
  assertEquals(
    await stdout(piece),
    "EOF\nEOF\nEOF\nEOF\na\nEOF\nEOF\na\nEOF\nb\nEOF|a\nEOF\nb\\\nc|x\nEOF\ny\\\n|\nEOF\nz\\\n|EOF\nw\\\n|\nE\n\tE\ndone\n",
  );
});

Deno.test("sh() keeps data from ending a here-document in $(), where bash looks at the beginning of a line only", async () => {
  const piece = sh`x=$(cat <<EOF
${"EOF;echo no)"}
E${"OF;echo no)"}
${"E"}${"OF;echo no)"}
${"a\nEOF (b)"}
EOF
); echo "$x"`;
  assertEquals(await stdout(piece), "EOF;echo no)\nEOF;echo no)\nEOF;echo no)\na\nEOF (b)\n");
  const why = /a line that begins with EOF ends the here-document <<EOF too early/;
  refused(
    () =>
      sh`x=$(cat <<EOF
EOF ${"x"}
EOF
)`,
    why,
  );
  refused(
    () =>
      sh`x=$(cat <<'EOF'
EOF (x)
EOF
) ${"y"}`,
    why,
  );
});

Deno.test("sh() keeps a backslash at the end of data in a here-document", async () => {
  const piece = sh`cat <<E
${"a\\"}
$(printf '%s.' '
${"b\\"}
' "
${"c\\"}
" $'
${"d\\"}
')
E`;
  assertEquals(await stdout(piece), "a\\\n\nb\\\n.\nc\\\n.\nd\\\n.\n");
  refused(
    () =>
      sh`cat <<E
$(echo '
E
' ${"x"})
E`,
    /a line that begins with E ends the here-document <<E too early/,
  );
});

Deno.test("sh() keeps tabs of data that <<- would take off", async () => {
  const piece = sh`cat <<-E
	${"\ta\n\tb"} ${"\tc"}
	$(echo '
	${"\td"}')
	E
`;
  assertEquals(await stdout(piece), "\ta\n\tb \tc\n\n\td\n");
});

Deno.test("sh() makes words of a list that stands alone in its word", () => {
  assertEquals(sh`rm -- ${["a b", "c", ""]} ${[]}; ls ${[1, 2n]}|wc`.render(), "rm -- 'a b' c '' ; ls 1 2|wc");
  assertEquals(
    sh`for f in ${["a b"]}; do x=(${["c d", "e"]}); done`.render(),
    "for f in 'a b'; do x=('c d' e); done",
  );
  refused(() => sh`ls --f=${["a"]}`, /^Cannot use expression 1 of 1: a list cannot .*alone in its word\nhint: /);
  refused(() => sh`ls ${["a"]}.txt`, /alone in its word/);
  refused(() => sh`ls ${["a"]}${"b"}`, /alone in its word/);
  refused(() => sh`ls ${[]}.txt`, /alone in its word/);
  refused(() => sh`ls "${["a"]}"`, /stands in quotes/);
  refused(() => sh`ls > ${["a"]}`, /a redirection takes one word/);
  refused(() => sh`[ ${["-v", "a"]} ]`, /a test takes single words/);
  refused(() => sh`[[ ${["a"]} ]]`, /takes single words/);
  refused(
    () =>
      sh`cat <<E
${["a"]}
E`,
    /here-document takes single texts/,
  );
});

Deno.test("sh() forgets a command word that is an empty list", () => {
  assertEquals(sh`${[]} run ${1}`.render(), " run 1");
  refused(() => sh`${[]} declare -i x=${"y"}`, /only an integer/);
});

Deno.test("sh() renders files and URLs by their path", () => {
  assertEquals(sh`wc ${fileOf("/a b")} "${fileOf("/c'd")}"`.render(), `wc '/a b' "/c'd"`);
  assertEquals(
    sh`wc ${new URL("file:///a%20b")} ${new URL("https://x.org/?a=1&b")}`.render(),
    "wc '/a b' 'https://x.org/?a=1&b'",
  );
  refused(() => sh`wc ${new URL("file:///a%2Fb")}`, /is no path/);
});

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

Deno.test("sh() leaves the judgement of a script without data to bash", () => {
  assertEquals(sh`echo $((echo a); echo b)`.render(), "echo $((echo a); echo b)");
  refused(() => sh`echo $((echo ${"1"}); echo b)`, /a single \) ends what begins with \(\(/);
});

Deno.test("sh() is not misled by # < ( and their kind", async () => {
  const x = "it's";
  assertEquals(
    await stdout(sh`set -- 1 2; a=(b c)
echo $# a#b \${#a[@]} \${a[0]#b} "#" ${"#"} ${x}#c \${#} # it's "a $(comment
n=3; ((n << 1)); (( n<<=2 )); echo $((n << 1)) $n ${x}
case x in (y) ;; x) echo "$(case a in b) ;; a) echo ${x} ;& (c) echo ")" ;; esac)" ;; esac; echo ${x}
[[ a < b && b > a && (a == a) && ! ab =~ ^(c|d)$ ]] && echo ${x}
cat <(echo ${x})
echo a\
b ${x} \
  # a comment with '
case x in x) echo ${x}
esac; case x in x) esac; echo "$(case x in x) echo ${x}
esac)"
for i do :; done; f() { echo ${x}; }; f; if ((1)) then echo ${x}; fi
echo \${u:-'}'} "\${u:-"}"}" "\${u:-\`echo '}'\`}" ${x}
shopt -s extglob
case ab in @(a|b)b|${"x"}) echo ${x} ;; esac; echo "!" ! ${"!"}
echo 2>&1 {a,${"b,c"}} {1..${3}} ~${"root"} $"${x}" ${2}>/dev/stdout <<<${x}`),
    "2 a#b 2 # # it's#c 2\n24 12 it's\nit's\n)\nit's\nit's\nit's\nab it's\nit's\nit's\nit's\nit's\n} } } it's\nit's\n! ! !\n" +
      "a b,c 1 2 3 ~root it's 2\n",
  );
});

Deno.test("sh() takes a regular expression or pattern from a hole literally", async () => {
  assertEquals(await stdout(sh`[[ axb =~ ${"a.b"} ]] || [[ axb == ${"a*"} ]] || echo literal`), "literal\n");
});

Deno.test("Sh nests in other pieces as code", async () => {
  const inner = sh`printf '%s;' ${"a b"} "${"c'd"}"`;
  assertEquals(
    await stdout(
      sh`${inner} | cat; echo "$(${inner})"; x=$(${inner} | ${sh`tr ${";"} ${"\n"}`}); echo "$x"`,
    ),
    "a b;c'd;a b;c'd;\na b\nc'd\n",
  );
  assertEquals(
    sh`env ${[sh`A=1 B=${"x y"}`, "cmd"]} ${[inner]}`.render(),
    `env A=1 B='x y' cmd ${inner.render()}`,
  );
  refused(
    () => sh`echo "${inner}"`,
    /^Cannot use expression 1 of 1: a piece of shell cannot stand in a "…" quote\nhint: /,
  );
  refused(() => sh`echo '${inner}'`, /cannot stand in a '…' quote/);
  refused(() => sh`((${sh`1`}))`, /cannot stand in a \(\(…\)\)/);
  refused(() => sh`echo ${sh`a`}${["c"]}`, /alone in its word/);
  refused(() => sh`echo ${[sh`a`]}b`, /alone in its word/);
  refused(() => sh`cat ${sh`${wrong(undefined)}`}`, /^Cannot use expression 1 of 1: it is undefined/);
});

Deno.test("Sh in a piece is read where it stands, not by itself", () => {
  refused(() => sh`declare -i ${sh`x=${"y"}`}`, /expression 1 of 1 of the piece in expression 1 of 1: only an integer/);
  refused(() => sh`[[ ${sh`${"y"} -eq`} 1 ]]`, /expression 1 of 1 of the piece .*: only an integer|never closed/);
  refused(() => sh`echo $${sh`(${"x"})`}`, /runs into the text around it/);
  refused(() => sh`echo ${sh`${"x"}`}>out ${sh`${"PATH"}`}=1 ${sh`${"a"}`}(b)`, /a \( follows it/);
  assertEquals(sh`echo ${sh`${2}`}>out`.render(), "echo '2'>out");
  assertEquals(
    sh`echo ${2}\
>out`.render(),
    "echo '2'\\\n>out",
  );
});

Deno.test("Sh that ends in a comment or here-document does not swallow what follows", async () => {
  const comment = sh`echo ${"a"} # it's`;
  const document = sh`cat <<E
${"b"}
E`;
  assertEquals(
    await stdout(sh`${comment}
x=$(${comment}); y=$(${document}); echo $x $y
${document}
${sh`${comment}`}`),
    "a\na b\nb\na\n",
  );
  refused(() => sh`${comment} | cat`, /ends in a comment, and more follows on the same line\nhint: put a newline/);
  refused(() => sh`${document} | cat`, /ends in a here-document/);
  refused(() => sh`${comment} ${"x"}`, /ends in a comment/);
  refused(
    () =>
      sh`cat <<E ${sh`a
b`}
c
E`,
    /it is no complete piece here/,
  );
});

Deno.test("sh.raw() puts text in as it is, and holes after it are quoted for where they then stand", () => {
  assertEquals(sh.raw("a ' $b").render(), "a ' $b");
  assertEquals(sh`${sh.raw("$a | b")} "${sh.raw("$(c)")}" ((${sh.raw("d + 1")}))`.render(), '$a | b "$(c)" ((d + 1))');
  assertEquals(sh`echo ${sh.raw('"')}${"it's"}"`.render(), `echo "it's"`);
  refused(() => sh`echo '${sh.raw("a")}'`, /raw text cannot stand in a '…' quote/);
  refused(() => sh`echo ${sh.raw("'")}`, /never closed/);
  refused(() => sh.raw("\0"), /NUL/);
});

Deno.test("Sh.render() puts in the values of futures, and numbers what is wrong with them", () => {
  const future = futureOf<string>(1);
  const piece = sh`echo ${"x"} ${future} ${["a", future]} "${future}" ${sh`${future}`}`;
  const message = (make: () => string): string => assertThrows(make, TemplateError).message;
  assertEquals(piece.render(() => "b c"), `echo x 'b c' a 'b c' "b c" 'b c'`);
  assertMatch(message(() => piece.render(() => undefined)), /expression 2 of 5: it is undefined/);
  assertMatch(message(() => piece.render()), /expression 2 of 5: its task has not finished/);
  assertMatch(message(() => piece.render((f) => f)), /its task has not finished/);
  assertMatch(message(() => sh`((${future}))`.render(() => "a")), /only an integer/);
  assertMatch(message(() => sh`"${future}"`.render(() => ["a"])), /a list cannot/);
  assertMatch(message(() => sh`${[future]}`.render(() => ["a"])), /a list in a list/);
  assertEquals(sh`ls ${futureOf<string[]>(2)}`.render(() => ["a b", "c"]), "ls 'a b' c");
  assertEquals(sh`ls ${futureOf<string[]>(2)}`.render(() => []), "ls ");
  assertEquals(sh`ls ${futureOf<Sh>(2)}`.render(() => sh`-l ${"a b"}`), "ls -l 'a b'");
  refused(() => sh`# ${future}`, /stands in a comment/);
});

Deno.test("Sh.render() asks a file for its path only then", () => {
  let path = "/not yet";
  const late = {
    ...fileOf(""),
    get path(): string {
      return path;
    },
  };
  const piece = sh`cat ${late} ${[late]}`;
  path = "/now";
  assertEquals(piece.render(), "cat /now /now");
});

Deno.test("Sh does not change with a list it was made of", () => {
  const list = ["a"];
  const waits = sh`ls ${list} ${futureOf<string>(1)}`;
  const ready = sh`ls ${list}`;
  list.push("b");
  assertEquals(waits.render(() => "c"), "ls a c");
  assertEquals(sh`${ready}`.render(), "ls a");
});

Deno.test("Sh.walk() visits futures and files, also in lists and pieces", () => {
  const future = futureOf<string>(1);
  const file = fileOf("/a");
  const seen: unknown[] = [];
  const piece = sh`a ${future} ${"x"} ${[file, "y", future]} ${sh`b ${[future]} ${file}`} ${[sh`${file}`]}`;
  piece.walk((leaf) => seen.push(leaf));
  assertEquals(seen.length, 6);
  assertStrictEquals(seen[0], future);
  assertStrictEquals(seen[1], file);
  assertStrictEquals(seen[5], file);
});

Deno.test("Sh.isSh() knows pieces by their mark", () => {
  assert(Sh.isSh(sh`a`));
  assert(Sh.isSh(sh.raw("a")));
  const others = [undefined, null, "a", {}, JSON.parse('{"strings":["a"],"holes":[]}')];
  for (const other of others) assertEquals(Sh.isSh(other), false);
});

Deno.test("shFrom() makes a piece for other tags", () => {
  function bash(strings: TemplateStringsArray, ...holes: Hole[]): Sh {
    return shFrom(strings, holes);
  }
  assertEquals(bash`echo ${"a b"}`.render(), "echo 'a b'");
});

Deno.test("sh() says what to write when it is called as a function", () => {
  const call = sh as unknown as (text: string) => Sh; // as a script without types would
  refused(() => call("ls"), /was called as a function\nhint: write sh`…`/);
});

Deno.test("quoteWord() makes one word of any text, wherever it stands", () => {
  for (const plain of ["a", "/a/b.c", "-x", "--a=b", "%1", "a@b:c", "1"]) assertEquals(quoteWord(plain), plain);
  for (const other of ["", "a b", "if", "in", "a=b", "a,b", "~", "#a", "{a", "!", "é", "-=", "\n"]) {
    assertEquals(quoteWord(other), `'${other}'`);
  }
  assertEquals(quoteWord("'"), "''\\'''");
});

Deno.test("sh() refuses wrong holes when it is compiled", () => {
  function typed(value: string | undefined): void {
    // @ts-expect-error a string that may be missing
    sh`${value}`;
    // @ts-expect-error a boolean
    sh`${true}`;
    // @ts-expect-error null
    sh`${null}`;
    // @ts-expect-error an object
    sh`${{ a: 1 }}`;
    // @ts-expect-error a date
    sh`${new Date()}`;
    // @ts-expect-error a function
    sh`${() => "a"}`;
    // @ts-expect-error a promise that is no future
    sh`${Promise.resolve("a")}`;
    // @ts-expect-error a future of an object
    sh`${futureOf<{ a: number }>(1)}`;
    // @ts-expect-error a future of nothing
    sh`${futureOf<void>(1)}`;
    // @ts-expect-error a list in a list
    sh`${[["a"]]}`;
    // @ts-expect-error a list with a hole in it
    sh`${["a", undefined]}`;
    const futures: readonly FutureOf<number>[] = [futureOf<number>(1)];
    sh`${"a"} ${1} ${2n} ${new URL("file:///")} ${fileOf("/")} ${sh`x`} ${futures} ${futureOf<string[]>(1)} ${[
      "a",
      1,
    ]}`;
  }
  assertThrows(() => typed(undefined), TemplateError);
});
