import type { ShellTarget } from "./types.ts";

/** The token that no script has: a loop that reads it only says so. */
export const MARKER = "??";

/**
 * The master of the warm shells; its arguments are a directory and the number of loops.
 *
 * All loops read tokens of two bytes from one pipe, so whichever is idle takes the next: such a read is atomic. A token
 * names a file in the directory, which the loop sources in a subshell. `set -m` gives each subshell a process group of
 * its own, so that a signal for one script can reach neither the loop nor the script after it. Reports go to one pipe,
 * each in one write:
 *
 *   l LOOP                 a loop is there        x LOOP        a loop is gone, another will come
 *   +TOKEN LOOP PID        a script starts        !TOKEN WHAT   a script cannot start (o stdout, e stderr, c cwd, v env)
 *   -TOKEN LOOP CODE FLAGS a script ended: it wrote to stdout (o), to stderr (e), a signal ended it (s), something of
 *                          it still runs (g)
 *   ? LOOP                 a loop has read the marker
 *   v VERSION              this bash is too old
 *
 * The names start with an underscore because scripts see them as unexported variables.
 */
export const MASTER = `
if ((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 3)); then
  printf 'v %s\\n' "$BASH_VERSION"
  exit 1
fi
_d=$1 _n=$2 _w=
((BASH_VERSINFO[0] < 5)) || _w=-f
exec 3<&0 4>&1 </dev/null >/dev/null 2>&1
shift 2
set -m
_loop() {
  set -m
  _l=$BASHPID
  exec 2>|"$_d/$_l.err"
  printf 'l %d\\n' "$_l" >&4
  while IFS= read -r -N2 -u3 _t; do
    if [[ $_t == '${MARKER}' ]]; then
      printf '? %d\\n' "$_l" >&4
      continue
    fi
    ( . "$_d/$_t" ) >|"$_d/$_t.o" 2>|"$_d/$_t.e" &
    wait $_w $!
    _r=$? _f=
    [[ -s $_d/$_t.o ]] && _f=o
    [[ -s $_d/$_t.e ]] && _f+=e
    kill -0 -- -$! 2>&- && _f+=g
    # Only bash itself knows an exit with 137 from a SIGKILL, and it tells only in words, on stderr.
    if ((_r > 128)); then
      IFS= read -r -d '' _s <"$_d/$_l.err"
      exec 2>|"$_d/$_l.err"
      _s=\${_s%$'\\n'}
      _s=\${_s##*$'\\n'}
      [[ -n $_s && ! $_s =~ ^\\[[0-9]+\\].?\\ +[^0-9\\(]*$_r\\  ]] && _f+=s
    elif ((_r > 0)); then
      exec 2>|"$_d/$_l.err"
    fi
    printf -- '-%s %d %d %s\\n' "$_t" "$_l" "$_r" "$_f" >&4
  done
}
for ((_i = 0; _i < _n; _i++)); do
  _loop &
  _k[$!]=1
done
while ((\${#_k[@]} > 0)); do
  wait -n
  _r=$?
  for _p in "\${!_k[@]}"; do
    kill -0 "$_p" && continue
    unset "_k[$_p]"
    wait "$_p"
    # A loop ends by itself only when the pipe of tokens has ended.
    (($? == 0)) && continue
    printf 'x %d\\n' "$_p" >&4
    _loop &
    _k[$!]=1
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

const STARTED = "printf '+%s %d %d\\n' $_t $_l $BASHPID >&4;";
const PLAIN = `${STARTED}exec 3<&- 4>&-;set +m`;

/**
 * The first line of a mailbox. It is one line, so that line numbers of the script are known to be one too high, and
 * bash runs it before it parses the rest, so that a script that does not parse has already its redirections.
 */
export function prelude(p: Prelude): string {
  const options = p.strict ? " -euo pipefail" : "";
  if (p.cwd === undefined && p.env === undefined && p.stdout === undefined && p.stderr === undefined) {
    return `${PLAIN}${options}\n`;
  }
  let line = STARTED;
  if (p.stdout !== undefined) line += orRefuse(`exec ${redirect(p.stdout)}`, "o");
  // The directory is tried while stderr is still captured: the words of bash are needed when it cannot be entered.
  if (p.cwd !== undefined) line += orRefuse(`cd -- ${quote(p.cwd)}`, "c");
  for (const [name, value] of Object.entries(p.env ?? {})) line += orRefuse(`export ${name}=${quote(value)}`, "v");
  if (p.stderr !== undefined) line += orRefuse(`exec 2${redirect(p.stderr)}`, "e");
  return `${line}exec 3<&- 4>&-;set +m${options}\n`;
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
  return `${command}||{ printf '!%s ${what}\\n' $_t >&4;exit 1;};`;
}

function redirect(target: ShellTarget): string {
  return `${target.append ? ">>" : ">|"}${quote(target.path)}`;
}

/** A text as one word of bash, on one line. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll("\n", () => `'$'\\n''`)}'`;
}
