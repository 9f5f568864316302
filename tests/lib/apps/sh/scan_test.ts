import { assert, assertEquals } from "@std/assert";
import { sh } from "../../../../lib/apps/sh.ts";
import { needsOwnProcess } from "../../../../lib/apps/sh/scan.ts";
import { type Ran, spawn } from "./bash.ts";

/** Scripts that a fork of a running bash may run, by their text. */
const PLAIN: readonly string[] = [
  "set -euo pipefail\necho a; false; echo b",
  "set -eu -o pipefail; false | true",
  "set -u; echo $nope",
  'echo $# "$@" $? $! ${x-y} $x_ ${_x} $_x ${a[0]} 2>&1 >&2 &>/dev/null',
  "echo a >/dev/null 2>&1; echo b >&2; exit 3",
  "x=$(exit 4); echo $?; exit $((x + 5))",
  "f() { echo f; }; f; shift; echo $?",
  "cd /; pwd; umask 077; umask; ulimit -c 0",
  "sleep 0.01 & wait $!; echo $?",
  "(exit 3) & wait -n; echo $?",
  "exec true; echo no",
  "exec sh -c 'exit 5'",
  "exec >/dev/null; echo a",
  "set -- a b; echo $2; while read -r l; do echo $l; done <script.sh",
  "[[ ab =~ (a)(b) ]]; echo ${BASH_REMATCH[2]} ${BASH_VERSINFO[0]}",
  'read x; echo "[$x]"',
  "cat <<E\n$((1 + 1))\nE",
  "echo ${undefd?msg}; echo no",
  "echo $((1/0)); echo after",
  "readonly x=1; x=2; echo after",
  "nocmd; echo $?; if true; then",
  "declare x=1; declare -p x; declare -f; alias a=b; alias",
  "getopts a: x -a b; echo $x $OPTARG $OPTIND; echo $SHELLOPTS $BASHOPTS",
  "shopt -s lastpipe extglob nullglob; echo a | read x; echo [$x] *.nope",
  "RANDOM=1; echo $RANDOM; echo $UID $EUID $HOSTNAME",
  "set -o posix; . /nonexistent; echo no",
];

/** Scripts that bash can tell the two ways apart in, or that could. */
const OWN: readonly string[] = [
  "[ $$ = ${BASHPID} ] && echo same",
  "kill -0 $$",
  "echo ${$} $PPID $0 ${0##*/} ${#0} $- ${-} $_ ${_}",
  "echo $BASH_SOURCE ${BASH_SOURCE[0]} $BASH_SUBSHELL $BASH_COMMAND $BASH_ARGV0 $BASH_EXECUTION_STRING",
  "echo ${FUNCNAME[@]} ${BASH_LINENO[@]} $LINENO $SHLVL $SECONDS ${PIPESTATUS[@]}",
  "return 3",
  "if true; then return 4; fi",
  "caller",
  "trap 'echo ret' RETURN; echo a",
  "trap 'echo bye' EXIT",
  "set -m; sleep 0 & wait",
  "set -o monitor",
  "set -em",
  "set -x; echo a",
  "set -o xtrace",
  "jobs; fg; bg; disown; suspend",
  "coproc cat",
  "BASH_ENV=x bash -c :",
  "exec 3>&1",
  "echo a >&3",
  "cat <&4",
  "exec 4<script.sh",
  "exec {fd}>out",
  "echo >&$fd",
  "cat /dev/fd/3",
  "history; times",
  "kill 0",
];

/** Runs a script both ways, and as `file` says: bash by itself, or a fork of one that is already running. */
async function both(script: string): Promise<{ file: Ran; fork: Ran }> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/script.sh`, script);
    const host = 'while read -r f <&3; do ( . "$f" ) 3<&-; exit; done';
    await Deno.writeTextFile(`${dir}/list`, `${dir}/script.sh\n`);
    const file = await spawn([`${dir}/script.sh`], dir);
    const fork = await spawn(["-c", `exec 3<list; ${host}`], dir);
    return { file, fork };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("needsOwnProcess() is false only for scripts that behave alike both ways", async () => {
  for (const script of PLAIN) {
    assertEquals(needsOwnProcess(script), false, script);
    const { file, fork } = await both(script);
    assertEquals(fork, file, script);
  }
});

Deno.test("needsOwnProcess() is true for what tells the two ways apart", async () => {
  let apart = 0;
  for (const script of OWN) {
    assertEquals(needsOwnProcess(script), true, script);
    if (script.includes("kill 0") || script.includes("suspend")) continue;
    const { file, fork } = await both(script);
    if (file.stdout !== fork.stdout || file.stderr !== fork.stderr || file.code !== fork.code) apart++;
  }
  assert(apart >= 8, `only ${apart} scripts behaved differently, so the other way is not what it should be`);
});

Deno.test("needsOwnProcess() looks at each telltale by itself", () => {
  const words = OWN.flatMap((s) =>
    s.match(
      /\$\{?[$0_-]\}?|\b(?:BASH\w+|PPID|FUNCNAME|LINENO|SHLVL|SECONDS|PIPESTATUS|fg|bg|jobs|disown|suspend|history|times)\b/g,
    ) ?? []
  );
  assert(words.length > 25);
  for (const word of words) assertEquals(needsOwnProcess(`echo ${word} x`), true, word);
});

Deno.test("needsOwnProcess() is false for ordinary templates and quick on long ones", () => {
  const line = sh`./sim --seed ${12} --in "${"it's $x"}" > ${"out 1.txt"} 2>&1`.render();
  assertEquals(needsOwnProcess(`set -euo pipefail\n${line}`), false);
  const long = `${line}\nset ${"-".repeat(2000)}\n`.repeat(200);
  const began = performance.now();
  assertEquals(needsOwnProcess(long), false);
  const perByte = (performance.now() - began) * 1e6 / long.length;
  assert(perByte < 200, `${perByte} ns a byte`);
});
