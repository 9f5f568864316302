import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError, PermissionError } from "../../../../lib/errors/mod.ts";
import { findRuns, makeRunDir } from "../../../../lib/graph/journal/run_dir.ts";
import { tempDir } from "./helpers.ts";

Deno.test("makeRunDir() counts from 0001 and makes the directory above", () => {
  using dir = tempDir();
  const runs = dir.path("deep", "runs");
  assertEquals(makeRunDir(runs), { number: 1, name: "0001", path: dir.path("deep", "runs", "0001") });
  assertEquals(makeRunDir(runs).name, "0002");
  assertEquals([...Deno.readDirSync(dir.path("deep", "runs", "0002"))], []);
});

Deno.test("makeRunDir() goes on after the highest number, past 1000 and past gaps and stray files", () => {
  using dir = tempDir();
  for (const name of ["0001", "0999", "1000", "9999", "notes", "12", "0x7f", "1e9", "0003.old"]) {
    Deno.mkdirSync(dir.path(name));
  }
  assertEquals(makeRunDir(dir.root).name, "10000");
  Deno.writeTextFileSync(dir.path("10001"), "a file");
  assertEquals(makeRunDir(dir.root).name, "10002");
  assertEquals(findRuns(dir.root).map((run) => run.number), [1, 999, 1000, 9999, 10000, 10002]);
});

Deno.test("findRuns() finds nothing where no run was", () => {
  using dir = tempDir();
  assertEquals(findRuns(dir.path("runs")), []);
});

Deno.test("makeRunDir() refuses a file in the place of the directory, with the way out", () => {
  using dir = tempDir();
  Deno.writeTextFileSync(dir.path("runs"), "");
  for (const path of [dir.path("runs"), dir.path("runs", "below")]) {
    const error = assertThrows(() => makeRunDir(path), ConfigError, `Cannot use the runs directory ${path}`);
    assertStringIncludes(error.message, "file");
    assertStringIncludes(error.message, "hint: set runDir to a directory that can be written");
  }
  assertThrows(() => findRuns(dir.path("runs")), ConfigError, "not a directory");
});

Deno.test("makeRunDir() says so when it may not write", () => {
  const error = assertThrows(() => makeRunDir("/proc/runs"), ConfigError);
  assertStringIncludes(error.message, "Cannot use the runs directory /proc/runs");
});

Deno.test({
  name: "makeRunDir() names the flags when the script has no permission",
  permissions: { read: true, write: false },
  fn: () => {
    const error = assertThrows(() => makeRunDir("/tmp/no-such-runs"), PermissionError);
    assertStringIncludes(error.flag, "--allow-write=/tmp/no-such-runs");
  },
});

Deno.test("makeRunDir() gives each of many scripts that start at once a directory of its own", async () => {
  using dir = tempDir();
  const url = JSON.stringify(import.meta.resolve("../../../../lib/graph/journal/run_dir.ts"));
  const code = `import { makeRunDir } from ${url}; for (let i = 0; i < 50; i++) makeRunDir(${JSON.stringify(dir.root)});
    self.postMessage("done");`;
  const workers = Array.from({ length: 4 }, () => {
    return new Worker(`data:text/javascript,${encodeURIComponent(code)}`, { type: "module" });
  });
  const failures: string[] = [];
  await Promise.all(workers.map((worker) =>
    new Promise<void>((resolve) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        failures.push(event.message);
        resolve();
      };
    })
  ));
  for (const worker of workers) worker.terminate();
  assertEquals(failures, []);
  assertEquals(findRuns(dir.root).map((run) => run.number), Array.from({ length: 200 }, (_, i) => i + 1));
});
