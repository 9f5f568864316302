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
 *
 * Zombies count as gone: in many containers nobody waits for orphans, and then they stay for ever.
 */
export const GUARDIAN = `
exec 2>/dev/null
cd /
trap '' TERM INT HUP PIPE
exec 9<> <(:)

# _of FIELD ID: into _m the living processes whose process group (3) or session (4) is ID.
_of() {
  local _p _line
  _m=()
  if [[ -r /proc/self/stat ]]; then
    for _p in /proc/[0-9]*/stat; do
      IFS= read -r _line <"$_p" || continue
      set -- "$1" "$2" \${_line##*) }
      [[ $3 != [ZX] && \${@:$1+2:1} == "$2" ]] || continue
      _p=\${_p#/proc/}
      _m+=("\${_p%/stat}")
    done
  else
    local _state _group _session
    while read -r _p _state _group _session; do
      set -- "$1" "$2" "$_state" 0 "$_group" "$_session"
      [[ $3 != [ZX]* && \${@:$1+2:1} == "$2" ]] && _m+=("$_p")
    done < <(ps -A -o pid= -o state= -o pgid= -o sess=)
  fi
}

# _sessions SIGNAL SID...: signals what lives of them, fails when nothing does.
_sessions() {
  local _signal=$1 _sid _found=1
  shift
  for _sid; do
    _of 4 "$_sid"
    ((\${#_m[@]} > 0)) || continue
    _found=0
    [[ $_signal == 0 ]] || kill -"$_signal" "\${_m[@]}"
    [[ $_signal == TERM ]] && kill -CONT "\${_m[@]}"
  done
  return $_found
}

_groups=() _gone=() _listed=() _dirs=() _pause=0.01
while :; do
  _wait=()
  if ((\${#_groups[@]} + \${#_gone[@]} > 0)); then _wait=(-t "$_pause"); fi
  read -r \${_wait[@]+"\${_wait[@]}"} _c _a
  _r=$?
  if ((_r > 128)); then _c=; elif ((_r != 0)); then break; fi
  _pause=0.01
  case $_c in
    +S) _listed[_a]=1 ;;
    -S) unset "_listed[$_a]" ;;
    +D) _dirs+=("$_a") ;;
    -D) for _i in "\${!_dirs[@]}"; do [[ \${_dirs[_i]} == "$_a" ]] && unset "_dirs[$_i]"; done ;;
    T) kill -TERM -- "-$_a"; kill -CONT -- "-$_a"; continue ;;
    K) kill -KILL -- "-$_a"; continue ;;
    W) _groups[_a]=1 ;;
    X) _gone[_a]=1 ;;
    *) _pause=0.05 ;;
  esac
  for _a in "\${!_groups[@]}"; do
    if kill -0 -- "-$_a"; then
      _of 3 "$_a"
      ((\${#_m[@]} == 0)) || continue
    fi
    unset "_groups[$_a]"
    printf 'g %d\\n' "$_a"
  done
  for _a in "\${!_gone[@]}"; do
    _sessions KILL "$_a" && continue
    unset "_gone[$_a]"
    printf 's %d\\n' "$_a"
  done
done

_listed=("\${!_listed[@]}")
((\${#_listed[@]} == 0)) || _sessions TERM "\${_listed[@]}" || _listed=()
for ((_i = 0; _i < 60 && \${#_listed[@]} > 0; _i++)); do
  read -r -t 0.02 -u 9
  _signal=0
  ((_i < 50)) || _signal=KILL
  _sessions "$_signal" "\${_listed[@]}" || break
done
((\${#_dirs[@]} == 0)) || rm -rf -- "\${_dirs[@]}"
`;
