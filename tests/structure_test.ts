import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import config from "../deno.json" with { type: "json" };
import { EXECUTORS } from "../executors/mod.ts";
import { LAUNCHERS } from "../launchers/mod.ts";
import { VERSION } from "../lib/version.ts";
import { PROVIDERS } from "../providers/mod.ts";
import {
  codeOf,
  filesOfOurs,
  mentionsOf,
  ROOT,
  type SourceFile,
  targetOf,
  TOP_LEVEL,
  withoutComments,
} from "./_tree.ts";

const TYPESCRIPT = filesOfOurs(".ts");
/** What users get: everything that has a layer. */
const PRODUCT = TYPESCRIPT.filter(({ path }) => layerOf(path) !== undefined);

/** A file may use its own layer and those with a lower number. */
function layerOf(path: string): number | undefined {
  if (path === "mod.ts" || path.startsWith("lib/cli/")) return 4;
  if (path.startsWith("executors/")) return 3;
  if (path.startsWith("providers/")) return 2;
  if (path.startsWith("launchers/")) return 1;
  return path.startsWith("lib/") ? 0 : undefined;
}

/** Lines of code, not of comments or texts, where a pattern is found. */
function places(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split("\n");
    return codeOf(text).split("\n").flatMap((code, i) =>
      pattern.test(code) ? [`${path}:${i + 1} ${lines[i]?.trim()}`] : []
    );
  });
}

Deno.test("layers: a file imports only from its own layer or from those below", () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const { path, text } of PRODUCT) {
    for (const { specifier } of mentionsOf(text)) {
      const target = targetOf(path, specifier);
      if (target === undefined || specifier.endsWith("/")) continue;
      seen++;
      const layer = layerOf(target);
      if (layer === undefined || layer > (layerOf(path) ?? 0)) wrong.push(`${path} -> ${target}`);
    }
  }
  assertEquals(wrong, []);
  assert(seen > 300, `only ${seen} imports were found: the search for them is broken`);
});

Deno.test("layers: lib names no executor, provider or launcher", () => {
  const kinds = [...EXECUTORS, ...PROVIDERS, ...LAUNCHERS].map(({ kind }) => kind).join("|");
  const named = new RegExp(`["'](?:${kinds})["']`);
  const wrong = PRODUCT.filter(({ path }) => layerOf(path) === 0).flatMap(({ path, text }) =>
    withoutComments(text).split("\n").flatMap((line, i) => named.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])
  );
  assertEquals(wrong, []);
});

Deno.test("sizes: no file of ours has more than 400 lines", () => {
  const long = TYPESCRIPT.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));
  assertEquals(long.filter(({ lines }) => lines > 400), []);
});

Deno.test("types: any stands only where a comment says why nothing else will do", () => {
  const ignored = /deno-lint-ignore(?:-file)? [^\n]*no-explicit-any/;
  const bare: string[] = [];
  const excused: string[] = [];
  for (const file of TYPESCRIPT) {
    const lines = file.text.split("\n");
    for (const [i, code] of codeOf(file.text).split("\n").entries()) {
      if (!/(?<![.\w"'])any\b(?!\s*[:(])/.test(code)) continue;
      const above = lines[i - 1] ?? "";
      const place = `${file.path}:${i + 1}`;
      if (ignored.test(above) && / -- \w+ .*\w/.test(above)) excused.push(place);
      else bare.push(`${place} ${lines[i]?.trim()}`);
    }
  }
  assertEquals(bare, [], "write // deno-lint-ignore no-explicit-any -- WHY above, or better a type");
  assert(excused.length <= 3, `more than there should ever be: ${excused.join(", ")}`);
});

Deno.test("time: only the clock asks for the time and sets timers", () => {
  const allowed: Readonly<Record<string, string>> = {
    "lib/clock.ts": "it is the clock",
    "executors/threads/runner.ts":
      "runs in a worker, beside user code and without a clock to be handed: yields to the event loop, watches the heap",
  };
  const pattern =
    /\bDate\.now\b|\bnew Date\(\)|\bset(?:Timeout|Interval|Immediate)\b|\bAbortSignal\.timeout\b|\bTemporal\.Now\b/;
  const found = places(PRODUCT, pattern);
  assertEquals(found.filter((place) => !(place.replace(/:.*/, "") in allowed)), []);
  for (const path of Object.keys(allowed)) {
    assert(found.some((place) => place.startsWith(`${path}:`)), `${path} needs no exception any more`);
  }
});

Deno.test("output: only the command line writes to the console", () => {
  const product = PRODUCT.filter(({ path }) =>
    !path.startsWith("lib/cli/") && path !== "executors/threads/sandbox_worker.ts"
  );
  assertEquals(places(product, /\bconsole\s*(?:\.|\[)/), []);
});

Deno.test("lists: every executor, provider and launcher is in the list of its kind", async () => {
  const lists = [
    { folder: "executors", role: "executor", list: EXECUTORS, others: ["mod.ts", "configure.ts", "inputs.ts"] },
    { folder: "providers", role: "provider", list: PROVIDERS, others: ["mod.ts", "provider.ts"] },
    { folder: "launchers", role: "launcher", list: LAUNCHERS, others: ["mod.ts", "launcher.ts"] },
  ] as const;
  for (const { folder, role, list, others } of lists) {
    const listed: readonly unknown[] = list;
    for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
      if (others.some((other) => other === name)) continue;
      const path = isDirectory ? `${folder}/${name}/definition.ts` : `${folder}/${name}`;
      const module: Readonly<Record<string, unknown>> = await import(new URL(`../${path}`, import.meta.url).href);
      const definitions = Object.values(module).filter((value) => isDefinition(value, role));
      assert(definitions.length > 0, `${path} defines no ${role}`);
      for (const definition of definitions) {
        assert(listed.includes(definition), `what ${path} defines is not in ${folder}/mod.ts`);
      }
    }
    assertEquals(list.length, new Set(list.map(({ kind }) => kind)).size, `two ${folder} of one kind`);
  }
});

function isDefinition(value: unknown, role: string): boolean {
  return typeof value === "object" && value !== null && "role" in value && value.role === role;
}

Deno.test("exports: mod.ts names what it exports, one by one", () => {
  const starred = PRODUCT.filter(({ path }) => !path.startsWith("lib/deps/"));
  assertEquals(places(starred, /^export \*/), []);
  assert(places(PRODUCT, /^export \*/).length > 0, "the pattern finds nothing at all");
});

Deno.test("imports: a statement that imports or exports nothing but types says so as a whole", () => {
  const unsaid = TYPESCRIPT.flatMap(({ path, text }) =>
    mentionsOf(text).filter((mention) => mention.typesUnsaid).map(({ specifier }) => `${path} -> ${specifier}`)
  );
  assertEquals(unsaid, [], "`import { type X }` loads the file where it is not bundled; write `import type { X }`");
});

/** Specifiers, neither relative, that are loaded before a script that imports mod.ts begins, and by which file. */
function loadedAtStart(): ReadonlyMap<string, string> {
  const sources = new Map(TYPESCRIPT.map(({ path, text }) => [path, text]));
  const seen = new Set(["mod.ts"]);
  const outside = new Map<string, string>();
  for (const path of seen) {
    for (const { specifier, how } of mentionsOf(sources.get(path) ?? "")) {
      if (how !== "static") continue;
      const target = targetOf(path, specifier);
      if (target === undefined) outside.set(specifier, path);
      else seen.add(target);
    }
  }
  assert(seen.size > 50, `only ${seen.size} files were followed: the search is broken`);
  return outside;
}

Deno.test("start: mod.ts loads nothing slow before the script begins", () => {
  const slow = /^npm:(?:zod|yaml|\/)|^node:(?:sqlite|crypto|fs)\b/;
  const found = [...loadedAtStart()].filter(([specifier]) => slow.test(specifier));
  assertEquals(found.map(([specifier, path]) => `${path} -> ${specifier}`), []);
});

Deno.test("start: third-party code is imported in lib/deps alone, by full specifier and exact version", () => {
  const wrong: string[] = [];
  for (const { path, text } of PRODUCT) {
    for (const { specifier } of mentionsOf(text)) {
      if (targetOf(path, specifier) !== undefined || specifier.startsWith("node:")) continue;
      // A script that imports mod.ts by file URL runs under its own import map: bare names would mean nothing.
      const fine = path.startsWith("lib/deps/")
        ? /^npm:(?:@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/.test(specifier)
        : path.startsWith("lib/cli/") && specifier in config.imports;
      if (!fine) wrong.push(`${path} -> ${specifier}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("versions: every npm specifier in the tree names the version that deno.json maps", () => {
  const mapped = new Map(
    Object.values(config.imports).flatMap((target) => {
      const [, name, version] = /^npm:(@?[^@]+)@(\d[^/]*)/.exec(target) ?? [];
      return name === undefined || version === undefined ? [] : [[name, version]];
    }),
  );
  assert(mapped.size >= 5);
  const wrong: string[] = [];
  for (const { path, text } of filesOfOurs(".ts", ".md", ".json")) {
    for (const [found, name = "", version] of text.matchAll(/\bnpm:(@?[\w./-]+?)@(\d+\.\d+\.\d+)/g)) {
      const wanted = mapped.get(name);
      if (wanted !== undefined && wanted !== version) wrong.push(`${path}: ${found}, mapped is ${wanted}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("versions: the toolkit and the runtime have one version each, wherever they are named", () => {
  assertEquals(VERSION, config.version);
  const runtimes = new Set(
    filesOfOurs("README.md", "CONTRIBUTING.md", ".ci/run", ".ts").flatMap(({ text }) =>
      [...text.matchAll(/\bdeno@(\d+\.\d+\.\d+)/g)].map(([, version]) => version)
    ),
  );
  assertEquals(runtimes.size, 1, [...runtimes].join(", "));
});

/** What git knows of, or nothing: a tree without its repository cannot tell what a run left behind. */
const tracked = await new Deno.Command("git", { args: ["ls-files", "-z"], cwd: ROOT }).output().then(
  ({ success, stdout }) => success ? new TextDecoder().decode(stdout).split("\0").filter((path) => path !== "") : [],
  () => [],
);

Deno.test({
  name: "tree: the top level holds what the design allows, and nothing else (needs git and the repository)",
  ignore: tracked.length === 0,
  fn: () => {
    const names = new Set(tracked.map((path) => path.replace(/\/.*/s, "")));
    assertEquals([...names].filter((name) => !TOP_LEVEL.includes(name)), []);
  },
});

Deno.test("tests: one that may be skipped says in its name what it needs, and none is skipped by hand", () => {
  const wrong: string[] = [];
  for (const { path, text } of TYPESCRIPT.filter((file) => file.path.endsWith("_test.ts"))) {
    for (const found of codeOf(text).matchAll(/^\s*ignore: *(.*),$|\.(?:ignore|only)\(|\bonly: true/gm)) {
      const names = text.slice(0, found.index).matchAll(/^ +name:\s*(["'`])(.*)\1/gm);
      const name = [...names].at(-1)?.[2] ?? "";
      const condition = found[1] ?? "";
      if (!/\(needs [^)]+\)$/.test(name) || condition === "" || condition === "true") wrong.push(`${path}: ${name}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("tree: nothing is left for later, and nothing tells of the machine it was written on", () => {
  const known = [
    "localhost",
    "127.0.0.1",
    "www.w3.org",
    "json-schema.org",
    "github.com",
    "earthquake.usgs.gov",
    "registry.npmjs.org",
  ];
  const marks = new RegExp(["TO" + "DO", "FIX" + "ME", "X" + "XX"].map((word) => `\\b${word}\\b`).join("|"));
  const home = Deno.env.get("HOME") ?? "";
  const machine = [ROOT, Deno.hostname(), home.length > 1 ? `${home}/` : "", "/tmp/venv", "/Users/"].filter((part) =>
    part.length > 3
  );
  const wrong: string[] = [];
  for (const { path, text } of filesOfOurs("")) {
    if (path === "tests/structure_test.ts" || path.startsWith("examples/data/")) continue;
    for (const [i, line] of text.split("\n").entries()) {
      const hosts = [...line.matchAll(/\bhttps?:\/\/(?:[\w:%()]*@)?([\w.-]+\.\w+)/g)].map(([, host = ""]) => host);
      const strange = hosts.some((host) => !known.includes(host) && !/\.(?:example|test|invalid)$|^x\.org$/.test(host));
      if (marks.test(line) || strange || machine.some((part) => line.includes(part))) {
        wrong.push(`${path}:${i + 1} ${line.trim().slice(0, 100)}`);
      }
    }
  }
  assertEquals(wrong, []);
});
