import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type Sh, sh, TemplateError } from "../../../../lib/apps/sh.ts";
import { runBash } from "./bash.ts";

/** Places where bash evaluates a name or a value once more (measured with bash 5.2), and plain places beside them. */
const TRAPS: readonly ((v: string) => Sh)[] = [
  (v) => sh`declare ${v}`,
  (v) => sh`declare ${v}=1`,
  (v) => sh`declare "${v}=1"`,
  (v) => sh`declare -a x=${v}`,
  (v) => sh`declare -A x="${v}"`,
  (v) => sh`x=(1); declare x=${v}`,
  (v) => sh`f() { local -a x='${v}'; }; f`,
  (v) => sh`export -a x=${v}`,
  (v) => sh`export ${v}`,
  (v) => sh`readonly ${v}`,
  (v) => sh`read ${v} <<<x`,
  (v) => sh`a=(1); unset ${v}`,
  (v) => sh`printf -v ${v} x`,
  (v) => sh`printf ${v} x`,
  (v) => sh`printf -${v} x`,
  (v) => sh`a=(1); test -v ${v}`,
  (v) => sh`a=1; [ -v "${v}" ]`,
  (v) => sh`a=1; [[ -v ${v} ]]`,
  (v) => sh`[[ ${v} -eq 1 ]]`,
  (v) => sh`[[ 1 -lt $'${v}' ]]`,
  (v) => sh`[[ ( '${v}' -ge 1 ) ]]`,
  (v) => sh`let ${v}`,
  (v) => sh`((${v}))`,
  (v) => sh`echo $(("${v}")) $[${v}]`,
  (v) => sh`a[${v}]=1; a=([${v}]=1)`,
  (v) => sh`declare -i x=${v}`,
  (v) => sh`declare -i x; x=${v}`,
  (v) => sh`declare -n x=${v}; echo $x`,
  (v) => sh`sleep 0 & wait -n -p ${v}`,
  (v) => sh`x=abc; echo \${x:${v}}`,
  (v) => sh`OPTIND=${v}; RANDOM=${v}`,
  (v) => sh`PS4=${v}; set -x; :`,
  (v) => sh`BASH_ENV=${v} bash -c :`,
  (v) => sh`echo x >&${v}`,
  (v) => sh`echo x 2>&1${v}`,
  (v) => sh`exec {q[${v}]}>/dev/null`,
  (v) => sh`mapfile ${v} <<<x; getopts ab ${v} -a`,
  (v) => sh`a=(${v}; ${v})`,
  (v) => sh`a=(b @(${v}))`,
  (v) => sh`a=([1 + ${v}]=x); a=(x [1+${v}]=y)`,
  (v) => sh`[[ (-v ${v}) || ( a == b &&-v ${v}) ]]`,
  (v) => sh`[[ (${v} -eq 1) || !(1 -lt ${v}) ]]`,
  (v) => sh`declare -i x; for x in ${v} ${[v]}; do :; done`,
  (v) =>
    sh`echo >\
&${v}`,
  (v) =>
    sh`echo "$(case x in y) ;\
; x) echo ${v} ;; esac)"`,
  (v) => sh`$${v}`,
  (v) => sh`echo "$${v}"`,
  (v) => sh`echo $'\c${v}'`,
  (v) => sh`${v}=1`,
  (v) => sh`[ ${v} = x ] || test -n ${v} || [[ ${v} == ${v} ]]`,
  (v) => sh`case ${v} in ${v}) echo ${v} ;; esac`,
  (v) => sh`for x in ${v}; do echo "$x"; done`,
  (v) => sh`${v} ${v}`,
  (v) => sh`export X=${v}; env Y=${v} true`,
  (v) => sh`a=(${v} "${v}"); echo "\${a[@]}"`,
  (v) => sh`time ${v}; ! ${v}`,
  (v) => sh`echo '${v}' $'${v}' "${v}" "$(echo ${v})" <<<${v} 2>${"/dev/null"}`,
];

const EVIL: readonly string[] = [
  "a[$(touch canary)]",
  "($(touch canary))",
  "x=($(touch canary))",
  "$(touch canary)",
  "`touch canary`",
  "-va[$(touch canary)]",
  "va[$(touch canary)]",
  "(touch canary)",
  ";touch canary;",
  "\ntouch canary\n",
  "'\ntouch canary\n'",
  '"\ntouch canary\n"',
  "q[$(touch canary)]=1",
];

Deno.test("sh() never lets data run, in whatever way bash looks at it", async () => {
  const scripts: string[] = [];
  for (const trap of TRAPS) {
    for (const value of EVIL) {
      try {
        scripts.push(trap(value).render());
      } catch (error) {
        assertInstanceOf(error, TemplateError);
      }
    }
  }
  assert(scripts.length > 150, `only ${scripts.length} of the scripts could be made`);
  // A child for each, since some end in a syntax error; one bash starts them all, which is quicker.
  const all = scripts.map((script) => sh`bash -c ${script}; [ ! -e canary ] || printf '%s\n' ${script}`.render());
  const { stdout, canary, code } = await runBash(
    `exec 3>&1 >/dev/null 2>&1\n${all.join("\n").replaceAll("printf '%s\\n'", "printf >&3 '%s\\n'")}`,
  );
  assertEquals([stdout, canary, code], ["", false, 0]);
});

Deno.test("sh() lets the traps run without it, so that the test above can fail", async () => {
  const { canary } = await runBash(`[[ ${EVIL[0]} -eq 1 ]]`);
  assert(canary);
});
