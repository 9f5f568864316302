/**
 * The guardian: a bash in a session of its own that signals groups for Deno and outlives it by a moment.
 *
 * It signals because a script may have only `--allow-run=bash`, and `Deno.kill` needs all of `--allow-run`. Its stdin
 * ends when Deno does, however that ended; then every process of the sessions still listed gets SIGTERM, a second
 * later SIGKILL, and the directories go.
 *
 *   +S SID, -S SID   a session to end, or not, when stdin ends
 *   +D DIR, -D DIR   a directory to remove then
 *   T PGID, K PGID   SIGTERM or SIGKILL to a group
 *   W PGID           say `g PGID` when nothing of the group is left
 *   X SID            SIGKILL to all of a session; say `s SID` when nothing of it is left
 */
export const GUARDIAN = `
exec 2>/dev/null
cd /
trap '' TERM INT HUP PIPE
_members() {
  local p s
  _m=()
  if [[ -r /proc/self/stat ]]; then
    for p in /proc/[0-9]*/stat; do
      IFS= read -r s <"$p" || continue
      set -- \${s##*) }
      [[ -n \${4-} && -n \${_s[$4]-} && $1 != Z ]] && { p=\${p#/proc/}; _m+=("\${p%/stat}"); }
    done
  else
    while read -r p s; do [[ -n \${_s[$s]-} ]] && _m+=("$p"); done < <(ps -A -o pid= -o sess=)
  fi
}
_pause() { read -r -t "$1" -u 9 || :; }
exec 9<> <(:)
_w=() _s=() _d=() _x=()
while :; do
  if ((\${#_w[@]} + \${#_x[@]} > 0)); then _t=(-t 0.02); else _t=(); fi
  read -r \${_t[@]+"\${_t[@]}"} _c _a
  _r=$?
  if ((_r > 128)); then _c=; elif ((_r != 0)); then break; fi
  case $_c in
    +S) _s[$_a]=1 ;;
    -S) unset "_s[$_a]" ;;
    +D) _d+=("$_a") ;;
    -D) for _i in "\${!_d[@]}"; do [[ \${_d[$_i]} == "$_a" ]] && unset "_d[$_i]"; done ;;
    T) kill -TERM -- "-$_a"; kill -CONT -- "-$_a" ;;
    K) kill -KILL -- "-$_a" ;;
    W) _w[$_a]=1 ;;
    X) _x[$_a]=1 ;;
  esac
  for _a in "\${!_w[@]}"; do
    kill -0 -- "-$_a" && continue
    unset "_w[$_a]"
    printf 'g %d\\n' "$_a"
  done
  if ((\${#_x[@]} > 0)); then
    _keep=("\${!_s[@]}")
    for _a in "\${!_x[@]}"; do
      _s=([_a]=1)
      _members
      if ((\${#_m[@]} > 0)); then kill -KILL "\${_m[@]}"; else unset "_x[$_a]"; printf 's %d\\n' "$_a"; fi
    done
    _s=()
    for _a in \${_keep[@]+"\${_keep[@]}"}; do _s[$_a]=1; done
  fi
done
_members
((\${#_m[@]} == 0)) || { kill -TERM "\${_m[@]}"; kill -CONT "\${_m[@]}"; }
for ((_i = 0; _i < 60; _i++)); do
  _members
  ((\${#_m[@]} > 0)) || break
  if ((_i >= 50)); then kill -KILL "\${_m[@]}"; fi
  _pause 0.02
done
((\${#_d[@]} > 0)) && rm -rf -- "\${_d[@]}"
`;
