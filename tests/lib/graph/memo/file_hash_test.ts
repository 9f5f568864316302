// deno-lint-ignore-file no-sync-fn-in-async-fn -- a test has nothing else to do meanwhile.
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { symlinkSync, utimesSync } from "node:fs";
import { type Clock, systemClock } from "../../../../lib/clock.ts";
import { FileHasher, type FileState } from "../../../../lib/graph/memo/file_hash.ts";
import { tempDir } from "../journal/helpers.ts";

/** Sets a time long ago, so that the file counts as settled. */
function age(path: string, seconds = 1_700_000_000): void {
  utimesSync(path, seconds, seconds);
}

function hashOf(state: FileState): string {
  assert(state.kind === "known", JSON.stringify(state));
  return state.hash;
}

function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}

Deno.test("FileHasher.state() is the sha256 of a file", async () => {
  using dir = tempDir();
  Deno.writeTextFileSync(dir.path("a"), "hello");
  Deno.writeTextFileSync(dir.path("empty"), "");
  const big = new Uint8Array(3_000_001).map((_, i) => i * 31);
  Deno.writeFileSync(dir.path("big"), big);
  const hasher = new FileHasher();
  assertEquals(await hasher.state(dir.path("a")), { kind: "known", hash: sha256("hello") });
  assertEquals(await hasher.state(dir.path("empty")), { kind: "known", hash: sha256("") });
  assertEquals(await hasher.state(dir.path("big")), { kind: "known", hash: sha256(big) });
});

Deno.test("FileHasher.state() says when a file is missing or cannot be read", async () => {
  using dir = tempDir();
  const hasher = new FileHasher();
  assertEquals(await hasher.state(dir.path("none")), { kind: "missing" });
  Deno.writeTextFileSync(dir.path("file"), "");
  assertEquals(await hasher.state(dir.path("file/below")), { kind: "missing" });
  const device = await hasher.state("/dev/null");
  assert(device.kind === "unknown");
  assertMatch(device.why, /\/dev\/null is not a file or a directory/);
});

Deno.test({
  name: "FileHasher.state() names the flag when the script may not read a file",
  permissions: { read: false },
  fn: async () => {
    const state = await new FileHasher().state("/etc/passwd");
    assert(state.kind === "unknown");
    assertMatch(state.why, /--allow-read/);
  },
});

Deno.test("FileHasher.state() reads a settled file once, and again when it changed", async () => {
  using dir = tempDir();
  const path = dir.path("a");
  Deno.writeTextFileSync(path, "one");
  age(path);
  const hasher = new FileHasher();
  const first = hashOf(await hasher.state(path));
  // Other content behind the same size, time and number: only a hasher that reads again could see it. The change time
  // counts in whole seconds here, so this waits for nothing and is skipped when a second went by between.
  const before = Deno.statSync(path).ctime?.getTime();
  Deno.writeTextFileSync(path, "two");
  age(path);
  if (Deno.statSync(path).ctime?.getTime() === before) assertEquals(hashOf(await hasher.state(path)), first);
  age(path, 1_700_000_001);
  assertEquals(hashOf(await hasher.state(path)), sha256("two"));
});

Deno.test("FileHasher.state() does not trust the time of a file that was just written", async () => {
  using dir = tempDir();
  const path = dir.path("a");
  const hasher = new FileHasher();
  for (let i = 0; i < 200; i++) {
    Deno.writeTextFileSync(path, String(i).padStart(8));
    assertEquals(hashOf(await hasher.state(path)), sha256(String(i).padStart(8)));
  }
});

/** A clock that does something the first times it is read, which is between looking at a file and reading it. */
function meddlingClock(times: number, meddle: () => void): Clock {
  return {
    ...systemClock,
    now: () => {
      if (times-- > 0) meddle();
      return systemClock.now();
    },
  };
}

Deno.test("FileHasher.state() hashes a file again that changes while it is read", async () => {
  using dir = tempDir();
  const path = dir.path("a");
  const states: FileState[] = [];
  for (const times of [1, 4]) {
    let text = "changed";
    Deno.writeTextFileSync(path, text);
    const hasher = new FileHasher(meddlingClock(times, () => Deno.writeTextFileSync(path, text += "!")));
    states.push(await hasher.state(path));
  }
  assertEquals(states.map(hashOf), [sha256("changed!"), sha256("changed!!!!")]);
});

Deno.test("FileHasher.state() gives up on a file that never stops changing", async () => {
  using dir = tempDir();
  const path = dir.path("a");
  Deno.writeTextFileSync(path, "");
  const hasher = new FileHasher(meddlingClock(Infinity, () => Deno.writeTextFileSync(path, "x", { append: true })));
  const state = await hasher.state(path);
  assert(state.kind === "unknown");
  assertMatch(state.why, /changed 5 times while it was read/);
});

Deno.test("FileHasher.state() shares the reading of a file between those who ask at once", async () => {
  using dir = tempDir();
  Deno.writeTextFileSync(dir.path("a"), "x");
  const hasher = new FileHasher();
  const one = hasher.state(dir.path("a"));
  assertEquals(hasher.state(dir.path("a")), one);
  assertEquals(await one, { kind: "known", hash: sha256("x") });
});

Deno.test("FileHasher.state() hashes more files at once than may be open", async () => {
  using dir = tempDir();
  const paths = Array.from({ length: 1500 }, (_, i) => dir.path(`f${i}`));
  for (const path of paths) Deno.writeTextFileSync(path, path);
  const hasher = new FileHasher();
  const states = await Promise.all(paths.map((path) => hasher.state(path)));
  assertEquals(states.map(hashOf), paths.map(sha256));
});

Deno.test("FileHasher.state() sees every change below a directory", async () => {
  using dir = tempDir();
  const root = dir.path("tree");
  Deno.mkdirSync(`${root}/sub/empty`, { recursive: true });
  Deno.writeTextFileSync(`${root}/a`, "1");
  Deno.writeTextFileSync(`${root}/sub/b`, "2");
  symlinkSync("..", `${root}/sub/loop`);
  symlinkSync("nowhere", `${root}/broken`);
  const hasher = new FileHasher();
  const seen = [hashOf(await hasher.state(root))];
  assertEquals(hashOf(await new FileHasher().state(root)), seen[0]);
  const changes = [
    (): void => Deno.writeTextFileSync(`${root}/sub/b`, "3"),
    (): void => Deno.renameSync(`${root}/a`, `${root}/c`),
    (): void => Deno.mkdirSync(`${root}/sub/another`),
    (): void => Deno.removeSync(`${root}/broken`),
    (): void => Deno.removeSync(`${root}/sub/b`),
  ];
  for (const change of changes) {
    change();
    const now = hashOf(await hasher.state(root));
    for (const before of seen) assertNotEquals(now, before);
    seen.push(now);
  }
});

Deno.test("FileHasher.state() leaves the event loop free while it reads a big file", async () => {
  using dir = tempDir();
  Deno.writeFileSync(dir.path("big"), new Uint8Array(64 * 1024 * 1024));
  const hasher = new FileHasher();
  let done = false;
  const state = hasher.state(dir.path("big")).finally(() => done = true);
  // Somebody else's work goes on meanwhile: it would stand still if the file were hashed in one go.
  let turns = 0;
  for (; !done; turns++) await Deno.lstat(dir.root);
  await state;
  assert(turns > 10, `only ${turns} turns`);
});
