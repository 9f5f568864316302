import { assertEquals, assertThrows } from "@std/assert";
import type { FutureOf } from "../../../lib/brand.ts";
import { type Hole, quoteWord, type Sh, sh, shFrom, TemplateError } from "../../../lib/apps/sh.ts";
import { refused, stdout } from "./sh/checks.ts";
import { fileOf, futureOf } from "./sh/fakes.ts";

const NASTY = 'it\'s $(x) `y` "z" \\';

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
