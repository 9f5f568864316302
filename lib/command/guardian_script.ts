/**
 * The guardian: a bash in a session of its own that signals groups for Deno and outlives it by a moment.
 *
 * It signals because a script may have only `--allow-run=bash`, and `Deno.kill` needs all of `--allow-run`. Its stdin
 * ends when Deno does, however that ended; then every process of the sessions still listed gets SIGTERM, a second
 * later SIGKILL, and the directories go.
 *
 * Its arguments are pairs of a session and a directory, then it reads
 *
 *   +S SID, -S SID   a session to end, or not, when stdin ends
 *   +D DIR, -D DIR   a directory to remove then
 *   T PGID, K PGID   SIGTERM or SIGKILL to a group
 *   W PGID           say `g PGID` when nothing of the group is left
 *   O SID            SIGKILL to its groups whose leader lives but not the leader's parent: scripts of a dead loop
 *   U PID            SIGUSR1 to a process
 *   X SID            SIGKILL to all of a session; say `s SID` when nothing of it is left
 *
 * Zombies count as gone: in many containers nobody waits for orphans, and then they stay for ever.
 */
export const GUARDIAN = `
exec 2>/dev/null
cd /
trap '' TERM INT HUP PIPE
exec 9<> <(:)

# _ours PGID: whether a process group is of a listed session. A group that is gone may be somebody else's by now.
_ours() {
  local _line
  [[ -r /proc/self/stat ]] || return 0
  IFS= read -r _line <"/proc/$1/stat" || { _of 3 "$1" && IFS= read -r _line <"/proc/\${_m[0]-none}/stat"; } || return 1
  set -- \${_line##*) }
  [[ -n \${4-} && -n \${_listed[$4]-} ]]
}

# _of FIELD ID: into _m the living processes whose process group (3) or session (4) is ID; the parent of each and
# whether it leads its group into _parent and _leads.
_of() {
  local _p _line
  _m=() _parent=() _leads=()
  if [[ -r /proc/self/stat ]]; then
    for _p in /proc/[0-9]*/stat; do
      IFS= read -r _line <"$_p" || continue
      set -- "$1" "$2" \${_line##*) }
      [[ $3 != [ZX] && \${@:$1+2:1} == "$2" ]] || continue
      _p=\${_p#/proc/}
      _p=\${_p%/stat}
      _m+=("$_p") _parent[_p]=$4
      [[ $5 == "$_p" ]] && _leads[_p]=1
    done
  else
    while read -r _p _line; do
      set -- "$1" "$2" $_line
      [[ $3 != [ZX]* && \${@:$1+2:1} == "$2" ]] || continue
      _m+=("$_p") _parent[_p]=$4
      [[ $5 == "$_p" ]] && _leads[_p]=1
    done < <(ps -A -o pid= -o state= -o ppid= -o pgid= -o sess=)
  fi
}

# _sessions SIGNAL SID...: signals what lives of them, fails when nothing does. It looks twice before it says so: a child
# made during a look by a process that then ends is in none of the names that were looked up.
_sessions() {
  local _signal=$1 _sid _look
  shift
  for _look in 1 2; do
    local _found=
    for _sid; do
      _of 4 "$_sid"
      ((\${#_m[@]} > 0)) || continue
      _found=1
      [[ $_signal == 0 ]] || kill -"$_signal" "\${_m[@]}"
      [[ $_signal == TERM ]] && kill -CONT "\${_m[@]}"
    done
    [[ -z $_found ]] || return 0
  done
  return 1
}

# _now: microseconds into _us; whole seconds where bash is older than 5.
_now() {
  _us=\${EPOCHREALTIME-}
  _us=\${_us//[!0-9]/}
  _us=\${_us:-$((SECONDS * 1000000))}
}

_groups=() _gone=() _listed=() _dirs=() _pause=0.01 _begun=
while (($# > 1)); do
  _listed[$1]=1 _dirs+=("$2")
  shift 2
done
while :; do
  _wait=()
  if ((\${#_groups[@]} + \${#_gone[@]} > 0)); then _wait=(-t "$_pause"); fi
  IFS= read -r \${_wait[@]+"\${_wait[@]}"} _line
  _r=$?
  _begun+=$_line
  if ((_r == 0)); then
    _c=\${_begun%% *} _a=\${_begun#* } _begun= _pause=0.01
  elif ((_r > 128)); then
    # The time may be up in the middle of a line: the rest comes with the next read.
    _c=
  else
    break
  fi
  case $_c in
    +S) _listed[_a]=1 ;;
    -S) unset "_listed[$_a]" ;;
    +D) _dirs+=("$_a") ;;
    -D) for _i in "\${!_dirs[@]}"; do [[ \${_dirs[_i]} == "$_a" ]] && unset "_dirs[$_i]"; done ;;
    [TKWU]) _ours "$_a" || { [[ $_c != W ]] || printf 'g %d\\n' "$_a"; continue; } ;;&
    T) kill -TERM -- "-$_a"; kill -CONT -- "-$_a"; continue ;;
    K) kill -KILL -- "-$_a"; continue ;;
    O)
      _of 4 "$_a"
      for _i in "\${!_leads[@]}"; do
        ((_i == _a)) || [[ -n \${_parent[\${_parent[_i]}]-} ]] || kill -KILL -- "-$_i"
      done
      continue
      ;;
    U) kill -USR1 "$_a"; continue ;;
    W) _groups[_a]=1 ;;
    X) _gone[_a]=1 ;;
    *) _pause=0.05 ;;
  esac
  for _a in "\${!_groups[@]}"; do
    if kill -0 -- "-$_a"; then
      _of 3 "$_a"
      ((\${#_m[@]} > 0)) && _ours "$_a" && continue
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
_now
_start=$_us _pause=0.01
while ((\${#_listed[@]} > 0)); do
  read -r -t $_pause -u 9
  _pause=0.1
  _now
  _signal=0
  ((_us - _start < 1000000)) || _signal=KILL
  _sessions $_signal "\${_listed[@]}" || break
  # What even SIGKILL does not end waits for a broken disk or device.
  ((_us - _start < 5000000)) || break
done
((\${#_dirs[@]} == 0)) || rm -rf -- "\${_dirs[@]}"
`;
