import fc from "fast-check";
import { assertEquals, assertGreater } from "@std/assert";
import { quoteWord, shFrom, TemplateError } from "../../../../lib/apps/sh.ts";
import { runBash } from "./bash.ts";

/** How many random templates are tried; `RUNS=4000` for a long run. */
const RUNS = Number(Deno.env.get("RUNS") ?? 600);

/** Scraps of bash that make no sense together, so that the reader of templates has every reason to go astray. */
const PLAIN = [
  ..."\"'()[]{}\n;|\\$a#*?~,=! ",
  ..."echo |printf %s |x=|&&|$'|$\"|$(|<(|if true; then |fi|while false; do |done|case a in |a)|;;|esac".split("|"),
  ..."[[ | ]]| == | =~ | -n |$u|${u:-|${u#| #|EOF\n|\nEOF\n|<<<| > /dev/null|2>&1|\\\n|a=(|for i in |f() ".split("|"),
  ..."cat <<EOF\n|cat <<-EOF\n|cat <<'EOF'\n|echo $(cat <<EOF\n|\n)|{a,|@(|+=|--x=|< /dev/null|x".split("|"),
];
// A command whose output is computed with is the author's own doing, so these two are not mixed.
const NAMES = "`|export |declare |unset |read |printf -v |[ |test |-v |command |local |time |mapfile ".split("|");
const COMPUTED =
  "((|))|$((|$[|while((|if((|!((|for((|[[(|(-v |(-eq |a=([|1 + |>&|<&|{q[|]}>f |-v |declare -n x=|[[ 1 -eq | -lt |let |declare -i |a[|]=|declare -a |for ((|-e|q|+|1"
    .split("|");
const EVIL = [
  ..."$(touch canary)|`touch canary`|a[$(touch canary)]|'$(touch canary)'|; touch canary;|(touch canary)|EOF|E||-v"
    .split("|"),
  ..."if|$|'|\"|`|(|\\|#|7|x|HOME|{u|x[$(touch canary)]=1|<(touch canary)|$(|&& touch canary|]]; touch canary; [["
    .split("|"),
  "\ntouch canary\n",
  "EOF\ntouch canary\n",
  "')\ntouch canary\n(",
  "OF;touch canary)",
  "esac; touch canary",
  "))\ntouch canary\n((",
  "| touch canary",
];
/** What may close a template that is still open. */
const ENDS = [
  "",
  '"',
  "'",
  ")",
  '")',
  "\nEOF\n",
  "\nEOF\n)",
  "}",
  '"}',
  " ]]",
  "))",
  "; }",
  "; fi",
  "; done",
  ";; esac",
];

function template(scraps: readonly string[]): fc.Arbitrary<string | undefined> {
  const part = fc.array(fc.constantFrom(...scraps), { maxLength: 4 }).map((texts) => texts.join(""));
  const holes = fc.array(fc.tuple(fc.constantFrom(...EVIL), part), { minLength: 1, maxLength: 4 });
  return fc.tuple(part, holes).map(([first, rest]) =>
    render([first, ...rest.map(([, text]) => text)], rest.map(([v]) => v))
  );
}

function render(parts: readonly string[], holes: readonly string[]): string | undefined {
  for (const end of ENDS) {
    const strings = [...parts.slice(0, -1), parts.at(-1) + end];
    try {
      return shFrom(Object.assign(strings, { raw: strings }), holes).render();
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
    }
  }
  return undefined;
}

for (const [name, more] of [["names", NAMES], ["arithmetic", COMPUTED]] as const) {
  Deno.test(`sh() refuses a senseless template or keeps its data from running, with ${name}`, async () => {
    const scripts = fc.sample(template([...PLAIN, ...more]), RUNS / 2).filter((script) => script !== undefined);
    assertGreater(scripts.length, RUNS / 10);
    // One bash starts them all; the first that leaves the canary is told.
    const lines = scripts.map((s) =>
      `timeout -s KILL 5 bash -c ${quoteWord(s)} </dev/null >/dev/null 2>&1; check ${quoteWord(s)}`
    );
    const check = 'check() { [ -e canary ] && { printf "%s" "$1"; exit; }; }\n';
    assertEquals((await runBash(check + lines.join("\n"))).stdout, "");
  });
}
