/**
 * What can tell `( . file )` in a fork of a long-living bash from `bash file`: the identity of the process, how the
 * script was started, job control, traps, descriptors the shell itself uses, and what counts from its start.
 */
const TELLTALE = new RegExp(
  [
    // $$ $- $0 $_ and the same in braces; `$0` not as part of `$01`-like text, `$_` not as the start of a name
    String.raw`\$(?:\$|-|0|_(?!\w)|\{[#!]?(?:\$|-|0(?!\w)|_(?!\w)))`,
    String.raw`\b(?:PPID|BASHPID|SHLVL|FUNCNAME|LINENO|SECONDS|PIPESTATUS|PS4|ENV|BASH_(?!REMATCH|VERS)\w+)\b`,
    String.raw`\b(?:return|trap|caller|coproc|jobs|fg|bg|disown|suspend|logout|history|fc|times|kill|monitor|xtrace)\b`,
    // options that change job control, tracing or where the shell reads from
    String.raw`\bset\s[^;&|\n]*[-+]\w*[bmntxi]`,
    // descriptors from 3 up, and descriptors that are not spelled out
    String.raw`[<>]&\s*(?:[3-9]|\d\d|["'$\{])|(?:[3-9]|\d\d)[<>]|\{\w+\}[<>]|/dev/fd|/proc/self`,
  ].join("|"),
);

/**
 * Whether a script has to be run as `bash file`, because it says something that behaves otherwise as `( . file )` in a
 * fork of a long-living bash. Cautious: it looks at the text only, so a word in quotes counts as well.
 */
export function needsOwnProcess(script: string): boolean {
  return TELLTALE.test(script);
}
