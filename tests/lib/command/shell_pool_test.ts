import { assert, assertEquals, assertInstanceOf, assertMatch, assertStringIncludes } from "@std/assert";
import { UnsupportedError } from "../../../lib/errors/mod.ts";
import { ShellPool } from "../../../lib/command/shell_pool.ts";
import { ToolkitError } from "../../../lib/errors/mod.ts";
import { as, gist, makePool, run, start, stdout } from "./pool_helpers.ts";

Deno.test("ShellPool.run() gives exit codes as bash does", async () => {
  await using pool = makePool();
  const cases: [string, string][] = [
    ["true", "exited 0"],
    ["exit 15", "exited 15"],
    ["false", "exited 1"],
    ["no-such-command-here", "exited 127"],
    ["/etc", "exited 126"],
    ["/etc/no-such-program --x", "exited 127"],
    ["echo $((5/0))", "exited 1"],
    ["if", "exited 2"],
    ["echo 'unclosed", "exited 2"],
    [")", "exited 2"],
    ["exit 137", "exited 137"],
    ["exit 143", "exited 143"],
    ["exit 130", "exited 130"],
    ["exit 255", "exited 255"],
    ["kill -KILL $BASHPID", "signalled SIGKILL"],
    ["kill -TERM $BASHPID", "signalled SIGTERM"],
    ["kill -INT $BASHPID", "signalled SIGINT"],
    ["kill -SEGV $BASHPID", "signalled SIGSEGV"],
    ["kill -PIPE $BASHPID", "signalled SIGPIPE"],
    ["kill -9 0", "signalled SIGKILL"],
    ["bash -c 'kill -9 $$'", "exited 137"],
    ["", "exited 0"],
  ];
  const ends = await Promise.all(cases.map(([script]) => run(pool, script)));
  assertEquals(ends.map((end, i) => [cases[i]?.[0], gist(end)]), cases);
});

Deno.test("ShellPool.run() gives the same exit codes to scripts that are processes of their own", async () => {
  await using pool = makePool();
  const own = { ownProcess: true };
  assertEquals(gist(await run(pool, "exit 15", own)), "exited 15");
  assertEquals(gist(await run(pool, "false; true", own)), "exited 1");
  assertEquals(gist(await run(pool, "false; true", { ...own, strict: false })), "exited 0");
  assertEquals(gist(await run(pool, "kill -9 $$", own)), "signalled SIGKILL");
  assertEquals(gist(await run(pool, "if", own)), "exited 2");
  assertEquals(await stdout(pool, "[[ $$ == $BASHPID ]] && echo same", own), "same\n");
});

Deno.test("ShellPool.run() is strict when asked", async () => {
  await using pool = makePool();
  assertEquals(gist(await run(pool, "false; exit 9")), "exited 1");
  assertEquals(gist(await run(pool, "false; exit 9", { strict: false })), "exited 9");
  assertEquals(gist(await run(pool, "false | true")), "exited 1");
  assertEquals(gist(await run(pool, "false | true", { strict: false })), "exited 0");
  assertEquals(gist(await run(pool, "echo $unset_variable")), "exited 1");
  assertEquals(await stdout(pool, "echo $-"), "ehuB\n");
  assertEquals(await stdout(pool, "echo $-", { strict: false }), "hB\n");
});

Deno.test("ShellPool.run() captures stdout and stderr apart", async () => {
  await using pool = makePool();
  const end = as("exited", await run(pool, "echo out; echo err >&2; exit 3"));
  assertEquals([end.stdout, end.stderr, end.stdoutTail, end.stderrTail], ["out\n", "err\n", "out\n", "err\n"]);
  const well = as("exited", await run(pool, "echo out; echo err >&2"));
  assertEquals([well.stdout, well.stderr, well.stdoutTail, well.stderrTail], ["out\n", "err\n", "", ""]);
  const empty = as("exited", await run(pool, "true"));
  assertEquals([empty.stdout, empty.stderr], ["", ""]);
});

Deno.test("ShellPool.run() replaces bytes that are not UTF-8, and keeps the rest as it is", async () => {
  await using pool = makePool();
  assertEquals(await stdout(pool, String.raw`printf 'a\xffb\xef\xbb\xbf\0é'`), "a\ufffdb\ufeff\0é");
  assertEquals(await stdout(pool, String.raw`printf '\xef\xbb\xbfx'`), "\ufeffx");
});

Deno.test("ShellPool.run() captures 10 MB", async () => {
  await using pool = makePool();
  const text = await stdout(pool, "head -c 10000000 /dev/zero | tr '\\0' x");
  assertEquals(text.length, 10_000_000);
  assert(/^x+$/.test(text));
  assertEquals(await stdout(pool, "echo small"), "small\n");
});

Deno.test("ShellPool.run() refuses to return more than 64 MiB and says to use a file", async () => {
  await using pool = makePool();
  const end = as("refused", await run(pool, "head -c 70000000 /dev/zero"));
  assertInstanceOf(end.error, UnsupportedError);
  assertStringIncludes(end.error.message, "Cannot return the stdout of a script: it is more than the 64 MiB");
  assertStringIncludes(end.error.message, 'hint: give the app a file for it: { stdout: "path" }');
});

Deno.test("ShellPool.run() ends a script that goes on writing beyond 64 MiB", async () => {
  await using pool = makePool();
  const end = as("refused", await run(pool, "head -c 70000000 /dev/zero; sleep 100"));
  assertStringIncludes(end.error.message, "64 MiB");
});

Deno.test("ShellPool.run() writes to files, makes their directories, appends or truncates", async () => {
  const dir = await Deno.makeTempDir({ prefix: "it's a dir " });
  try {
    await using pool = makePool();
    const out = `${dir}/a b/c/out`;
    const err = `${dir}/err`;
    const to = (append: boolean) => ({ stdout: { path: out, append }, stderr: { path: err, append } });
    const end = as("exited", await run(pool, "echo 1; echo e1 >&2; exit 4", to(false)));
    assertEquals([end.stdout, end.stderr, end.stdoutTail, end.stderrTail], [undefined, undefined, "1\n", "e1\n"]);
    await run(pool, "echo 2; echo e2 >&2", to(true));
    assertEquals([await Deno.readTextFile(out), await Deno.readTextFile(err)], ["1\n2\n", "e1\ne2\n"]);
    await run(pool, "echo 3; echo e3 >&2", { ...to(false), ownProcess: true });
    assertEquals([await Deno.readTextFile(out), await Deno.readTextFile(err)], ["3\n", "e3\n"]);
    await run(pool, "echo 4; echo e4 >&2", {
      stdout: { path: out, append: false },
      stderr: { path: out, append: true },
    });
    assertEquals(await Deno.readTextFile(out), "4\ne4\n");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ShellPool.run() refuses a file or a directory that cannot be used, with the system's words", async () => {
  await using pool = makePool();
  const refused = async (wish: Parameters<typeof run>[2]): Promise<string> => {
    const { error } = as("refused", await run(pool, "echo never", wish));
    assertInstanceOf(error, ToolkitError);
    return error.message.split("\n")[0] ?? "";
  };
  const at = (path: string) => ({ path, append: false });
  assertEquals(await refused({ stdout: at("/etc") }), "Cannot write stdout to /etc: Is a directory");
  assertEquals(await refused({ stderr: at("/etc") }), "Cannot write stderr to /etc: Is a directory");
  assertEquals(await refused({ stdout: at("/dev/null"), stderr: at("/") }), "Cannot write stderr to /: Is a directory");
  assertEquals(await refused({ cwd: "/no/dir" }), "Cannot run a script in /no/dir: No such file or directory");
  assertEquals(await refused({ cwd: "/etc/passwd" }), "Cannot run a script in /etc/passwd: Not a directory");
  assertEquals(await refused({ env: { UID: "0" } }), "Cannot set a variable for a script: UID: readonly variable");
  assertMatch(
    await refused({ stdout: at("/etc/passwd/x/out") }),
    /^Cannot write stdout to \/etc\/passwd\/x\/out: its directory cannot be made: /,
  );
  assertMatch(await refused({ env: { "A-B": "1" } }), /^Cannot set variable "A-B": it is no name for bash/);
  assertMatch(await refused({ env: { A: "a\0b" } }), /^Cannot set variable "A": its value has a NUL/);
  assertEquals(await stdout(pool, "echo fine"), "fine\n");
});

Deno.test("ShellPool.run() sets variables and directory of one script only", async () => {
  const before = Deno.cwd();
  await using pool = makePool({ slots: 1, env: { POOL: "p", BOTH: "pool" } });
  const nasty = 'it\'s $HOME `id` "q" \\ \n \u{1F600} ';
  assertEquals(
    await stdout(pool, 'printf "%s|" "$POOL" "$BOTH" "$N"', { env: { BOTH: "job", N: nasty } }),
    `p|job|${nasty}|`,
  );
  assertEquals(await stdout(pool, 'echo "$POOL $BOTH ${N-none}"'), "p pool none\n");
  assertEquals(await stdout(pool, "printenv N", { env: { N: "seen by programs" } }), "seen by programs\n");
  assertEquals(await stdout(pool, "pwd", { cwd: "/usr" }), "/usr\n");
  assertEquals(await stdout(pool, "pwd"), `${before}\n`);
  assertEquals(await stdout(pool, "pwd; echo $N", { cwd: "/usr", env: { N: "n" }, ownProcess: true }), "/usr\nn\n");
});

Deno.test("ShellPool.run() names bash and the line of the user in errors", async () => {
  await using pool = makePool();
  const end = as("exited", await run(pool, "true\nno-such-command-here", { cwd: "/" }));
  assertEquals(end.stderr, "bash: line 2: no-such-command-here: command not found\n");
  const own = as("exited", await run(pool, "true\nno-such-command-here", { cwd: "/", ownProcess: true }));
  assertEquals(own.stderr, "bash: line 2: no-such-command-here: command not found\n");
});

Deno.test("ShellPool.run() leaves nothing of a script for the next one", async () => {
  await using pool = makePool({ slots: 1 });
  const breakers = [
    "x=1; export y=2; f() { echo f; }; alias ll=ls; shopt -s nullglob; set -f; IFS=,",
    "cd /; umask 0; ulimit -n 50; trap 'echo bye' EXIT; trap '' TERM INT",
    'exec 0<&- 3<&- 4>&- 1>&- 2>&-; for i in {5..300}; do eval "exec $i>&-"; done',
    "exec sleep 0",
    "exec /no/such/program",
    "exit",
    "return 3",
    "kill -9 0",
    "kill -TERM 0",
    "set -e; false",
    "cat",
    "read x",
    "wait",
    "sleep 0.01 & disown",
    "unset PATH; hash -r",
    "readonly _t=z _d=/ _l=1 _r=0 _f=x",
    "unset _t _d _l _n _w",
    "wait() { :; }; kill() { :; }; printf() { :; }; export -f wait",
    "enable -n wait printf kill read",
    "if",
    "echo 'unclosed",
    'echo "$(',
    "cat <<EOF\nno end",
    "}",
    "exec 2>/dev/full; echo x >&2",

    "set -m; sleep 0.01 & wait",
    "coproc cat; exec {COPROC[1]}>&-; wait",
    "jobs; fg; bg; disown -a",
    "exec <&-; read",
  ];
  for (const script of breakers) {
    const end = await run(pool, script, { strict: false, walltimeMs: 5000 });
    assert(end.kind !== "timeout", script);
    const check =
      'echo "${x-no} ${y-no} $(type -t f ll || :) $(pwd) $(umask) $(ulimit -n) $IFS $-"; trap; shopt nullglob || :';
    const fds = "; ls -l /proc/$BASHPID/fd | awk '{print $9}' | sort -n | tr '\\n' ' '";
    const text = await stdout(pool, check + fds, { strict: false });
    const [first] = text.split("\n");
    assertMatch(first ?? "", /^no no {2}\/\S+ 0\d+ \d{3,} {2}\t$|^no no {2}\/\S+ 0\d+ \d{3,} /, `after ${script}`);
    assert(!text.includes("bye"), `after ${script}: ${text}`);
    assertMatch(text, /nullglob\s+off\n 0 1 2 /, `after ${script}`);
  }
});

Deno.test("ShellPool.run() gives scripts an empty stdin and no descriptor of ours", async () => {
  await using pool = makePool();
  assertEquals(await stdout(pool, "cat; read x || echo eof"), "eof\n");
  assertEquals(await stdout(pool, "for fd in 3 4; do { : >&$fd; } 2>/dev/null || echo $fd; done"), "3\n4\n");
});

Deno.test("ShellPool.run() gives signals their usual disposition", async () => {
  await using pool = makePool();
  const masks = await stdout(
    pool,
    "grep -E 'SigIgn|SigBlk' /proc/self/status; cat /proc/$BASHPID/stat | cut -d' ' -f5; echo $BASHPID",
  );
  const [blocked, ignored, group, pid] = masks.trim().split("\n");
  assertMatch(blocked ?? "", /0000000000000000$/);
  // Whatever started the tests may have let SIGINT, SIGQUIT or SIGPIPE be ignored: that is inherited; SIGTERM is not.
  const bits = BigInt(`0x${(ignored ?? "").split("\t")[1]}`);
  assertEquals(bits & (1n << 14n), 0n);
  assertEquals(group, pid);
});

Deno.test("ShellPool.run() keeps what a background process writes out of later captures", async () => {
  await using pool = makePool({ slots: 1 });
  const late = "(sleep 0.2; echo late; echo late >&2) & echo now";
  assertEquals(await stdout(pool, late), "now\n");
  assertEquals(await stdout(pool, "(sleep 0.2; echo late; echo late >&2) &"), "");
  const end = as("exited", await run(pool, "sleep 0.4; echo mine"));
  assertEquals([end.stdout, end.stderr], ["mine\n", ""]);
});

Deno.test("ShellPool.run() starts scripts in order and says when and where", async () => {
  await using pool = makePool({ slots: 1 });
  const order: number[] = [];
  const runs = [1, 2, 3, 4, 5].map((n) => start(pool, `echo ${n}`, { onStart: () => void order.push(n) }));
  await Promise.all(runs.map((r) => r.end));
  assertEquals(order, [1, 2, 3, 4, 5]);
  let capture: string | undefined;
  const slow = start(pool, "echo $BASHPID; read -t 30 < <(sleep 30) || :", {
    onStart: (_, path) => void (capture = path),
  });
  const pid = await slow.started;
  assertEquals([slow.handle.state, pool.running], ["running", 1]);
  while ((await Deno.readTextFile(capture ?? "")) === "") await new Promise((r) => setTimeout(r, 5));
  assertEquals(await Deno.readTextFile(capture ?? ""), `${pid}\n`);
  slow.handle.cancel();
  await slow.end;
  assertEquals([slow.handle.state, pool.running], ["ended", 0]);
});

Deno.test("ShellPool.free counts what it would like to have, and onFree asks for it", async () => {
  let asked = 0;
  await using pool = makePool({ onFree: () => void asked++ });
  const least = pool.free;
  assert(least > 2);
  const runs = Array.from({ length: 50 }, () => start(pool, "true"));
  assertEquals(pool.free, 0);
  await Promise.all(runs.map((r) => r.end));
  assert(pool.free >= least);
  assert(asked > 0);
});

Deno.test("ShellPool.run() lets a long script not hold up the ones behind it", async () => {
  await using pool = makePool({ slots: 2 });
  const long = start(pool, "sleep 100");
  await long.started;
  const ends = await Promise.all(Array.from({ length: 20 }, (_, i) => stdout(pool, `echo ${i}`)));
  assertEquals(ends, Array.from({ length: 20 }, (_, i) => `${i}\n`));
  assertEquals(long.handle.state, "running");
  long.handle.cancel();
  assertEquals(gist(await long.end), "cancelled");
});

Deno.test("ShellPool.run() refuses everything with a clear error when bash cannot be started", async () => {
  await using pool = makePool({ bash: "/no/such/bash" });
  const ends = await Promise.all([run(pool, "true"), run(pool, "true")]);
  for (const end of ends) {
    const { error } = as("refused", end);
    assertStringIncludes(error.message, "Cannot start /no/such/bash: there is no such program\nhint: install bash");
  }
});

Deno.test("ShellPool.run() refuses everything when bash is too old", async () => {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/bash`, "#!/bin/sh\necho 'v 3.2.57(1)-release'\n", { mode: 0o755 });
    await using pool = makePool({ bash: `${dir}/bash` });
    const { error } = as("refused", await run(pool, "true"));
    assertStringIncludes(error.message, "Cannot run scripts with bash 3.2.57(1)-release: it is too old\nhint: ");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("ShellPool.close() can be called twice, and what comes after it is refused", async () => {
  const pool = new ShellPool({ slots: 1, clock: (await import("../../../lib/clock.ts")).systemClock });
  await pool.close();
  await pool.close();
  assertStringIncludes(as("refused", await run(pool, "true")).error.message, "the shells are closed");
});
