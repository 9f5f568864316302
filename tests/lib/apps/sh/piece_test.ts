import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { Sh, sh, TemplateError } from "../../../../lib/apps/sh.ts";
import { refused, stdout, wrong } from "./checks.ts";
import { fileOf, futureOf } from "./fakes.ts";

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
