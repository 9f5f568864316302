import type { ShellTarget } from "./types.ts";

/**
 * The master of the warm shells; its arguments are a directory and the number of loops.
 *
 * All loops read tokens of two bytes from one pipe, so whichever is idle takes the next: such a read is atomic. A token
 * names a file in the directory, which the loop sources in a fork of itself. `set -m` gives each fork a process group
 * of its own, so that a signal for one script can reach neither the loop nor the script after it. Reports go to one
 * pipe, each in one write:
 *
 *   l LOOP                 a loop is there        x LOOP        a loop is gone, another will come
 *   +TOKEN LOOP PID        a script has started
 *   -TOKEN LOOP CODE FLAGS it ended: it wrote to stdout (o), to stderr (e), a signal ended it (s), something of it
 *                          still runs (g), it could not be prepared (r: a file says what)
 *   ?TOKEN LOOP            a loop has read a token that names no script: it begins with a question mark
 *   v VERSION              this bash is too old
 *
 * Every microsecond in the loop is paid by every script, and each page that it writes is copied after the next fork:
 * hence no functions, few variables and no redirection that can be done without. The loop is not in a function, because
 * there `declare` in a script would make locals. The names start with an underscore because scripts see them as
 * unexported variables.
 */
export const MASTER = String.raw`
if ((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 3)); then
  printf 'v %s\n' "$BASH_VERSION"
  exit 1
fi
exec 2>/dev/null
_d=$1 _n=$2 _w=
((BASH_VERSINFO[0] < 5)) || _w=-f
shift 2
set -m
trap : USR1 PIPE
while :; do
  while [[ -n $_n ]] && ((${"${#_p[@]}"} < _n)); do
    (
      set -m
      _l=$BASHPID _c=0
      exec 2>|"$_d/$_l.err"
      printf 'l %d\n' $_l
      while IFS= read -r -N2 _t; do
        if [[ $_t == \?* ]]; then
          printf '%s %d\n' "$_t" $_l
          continue
        fi
        ( . "$_d/$_t" ) </dev/null >|"$_d/$_t.o" 2>|"$_d/$_t.e" &
        printf '+%s %d %d\n' $_t $_l $!
        wait $!
        _r=$? _f=
        # That also ends when the script is stopped. -f is not for every script: when its record goes between two looks
        # of bash 5.2, wait -f asks for it for ever.
        if ((_r > 128)) && kill -0 $! 2>/dev/null; then
          wait $_w $!
          _r=$?
        fi
        [[ -s $_d/$_t.o ]] && _f=o
        [[ -s $_d/$_t.e ]] && _f+=e
        if ((_r == 125)) && [[ -s $_d/$_t.r ]]; then
          _f+=r
        elif ((_r > 128)); then
          # Only bash itself knows an exit with 137 from a SIGKILL, and it tells only in words, on stderr: the pid and
          # the signal, or a job and what became of it. Other lines there are about kill and wait, below.
          IFS= read -r -d '' _s <"$_d/$_l.err"
          exec 2>|"$_d/$_l.err"
          _s=${"${_s%$'\\n'}"}
          _s=${"${_s##*$'\\n'}"}
          [[ $_s =~ :\ +$!\  || $_s == \[* && ! $_s =~ ^\[[0-9]+\].?\ +[^0-9\(]*$_r\  ]] && _f+=s
          _s=
        fi
        kill -0 -- -$! && _f+=g
        printf -- '-%s %d %d %s\n' $_t $_l $_r "$_f"
        # bash keeps the status of a child until it is asked again, and each fork copies what it keeps.
        wait $!
        ((++_c % 100)) || exec 2>|"$_d/$_l.err"
      done
      exit 0
    ) &
    _p[$!]=1
  done
  # All loops have ended by themselves: when Deno was killed before there was a guardian, nobody else tidies up.
  if ((${"${#_p[@]}"} == 0)); then
    rm -rf -- "$_d"
    exit 0
  fi
  # It can miss a loop that died a moment ago: then USR1 makes it look again.
  wait -n
  for _i in "${"${!_p[@]}"}"; do
    kill -0 $_i && continue
    unset "_p[$_i]"
    # A loop ends by itself only when the pipe of tokens has ended; when nobody reads the reports, no other is made.
    if wait $_i; then _n=; else printf 'x %d\n' $_i || _n=; fi
  done
done
`;

/** What is written for one script besides the script. */
export interface Prelude {
  /** Whether it runs with `set -euo pipefail`. */
  readonly strict: boolean;
  /** Directory to run in. */
  readonly cwd: string | undefined;
  /** Variables to add. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** File for stdout, absolute. */
  readonly stdout: ShellTarget | undefined;
  /** File for stderr, absolute. */
  readonly stderr: ShellTarget | undefined;
}

/**
 * The first line of a mailbox. It is one line, so that line numbers of the script are known to be one too high, and
 * bash runs it before it parses the rest, so that a script that does not parse has already its redirections.
 */
export function prelude(p: Prelude): string {
  let line = "";
  if (p.stdout !== undefined) line += orRefuse(`exec ${redirect(p.stdout)}`, "o");
  // The directory is tried while stderr is still captured: the words of bash are needed when it cannot be entered.
  if (p.cwd !== undefined) line += orRefuse(`cd -- ${quote(p.cwd)}`, "c");
  for (const [name, value] of Object.entries(p.env ?? {})) line += orRefuse(`export ${name}=${quote(value)}`, "v");
  if (p.stderr !== undefined) line += orRefuse(`exec 2${redirect(p.stderr)}`, "e");
  return `${line}set +m${p.strict ? " -euo pipefail" : ""}\n`;
}

/** The last line of the mailbox of a script that runs as a process of its own. */
export function ownProcess(bash: string, file: string, strict: boolean): string {
  return `exec -- ${quote(bash)}${strict ? " -euo pipefail" : ""} -- ${quote(file)}\n`;
}

/**
 * Whether a script is one call of a program by its path, with words that mean nothing to bash. Such a script becomes
 * the program (`exec`), as with `bash -c`: one process less. A name without a slash may be a function or a builtin.
 */
export function isBareCommand(script: string): boolean {
  return script.length < 4096 && /^\s*[\w.+-]*\/[\w./+-]+(?:[ \t]+[\w./:=,@%+-]+)*\s*$/.test(script);
}

function orRefuse(command: string, what: string): string {
  return `${command}||{ echo ${what} >|"$_d/$_t.r";exit 125;};`;
}

function redirect(target: ShellTarget): string {
  return `${target.append ? ">>" : ">|"}${quote(target.path)}`;
}

/** A text as one word of bash, on one line. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll("\n", () => `'$'\\n''`)}'`;
}
