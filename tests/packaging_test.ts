import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import config from "../deno.json" with { type: "json" };
import { VERSION } from "../lib/version.ts";
import { ROOT } from "./_tree.ts";

const NAME = config.name;
const MOD = new URL("../mod.ts", import.meta.url).href;

/** Uses what has to be found again from afar: workers, shells, sandboxes, the schema with zod, YAML, the journal. */
function script(from: string): string {
  return `import { app, bash, load, sh } from ${JSON.stringify(from)};
const square = app((x: number) => x * x);
const echo = bash((word: string) => sh\`echo \${word} | tee -a calls.txt\`, { cache: true }).text();
{
  await using wf = await load("here.yml");
  console.log(await square(square(2)), await echo("it's safe"), await echo("it's safe"), wf.executors[0]?.slots);
}
console.log((await Deno.readTextFile("calls.txt")).trim().split("\\n").length, "call");
console.log(await app(() => 1, { permissions: "none" })());
`;
}
const PRINTED = "16 it's safe it's safe 1\n1 call\n1\n";
const YAML = "executors: [{ kind: threads, maxThreads: 1 }]\n";

/** A script that must not compile for one line alone: were types lost on the way, all the marked ones would. */
function typed(from: string): string {
  return `import { app, bash, type TaskFuture } from ${JSON.stringify(from)};
const add = app((a: number, b: number) => a + b);
export const sum: TaskFuture<number> = add(add(1, 2), 3);
export const text: TaskFuture<string> = bash\`echo\`.text()();
// @ts-expect-error a text is no number
add("a", 1);
// @ts-expect-error a future of a text is no number
add(text, 1);
// @ts-expect-error a sum is no text
export const wrong: TaskFuture<string> = add(1, 2);
add(1, "not marked");
`;
}
const REFUSED = "Argument of type 'string' is not assignable to parameter of type 'Given<number>'";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function deno(cwd: string, env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

/** A folder somewhere else, with files in it. */
async function elsewhere(files: Readonly<Record<string, string>>, body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir());
  try {
    for (const [name, text] of Object.entries(files)) await write(join(dir, name), text);
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

async function runs(dir: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const ran = await deno(dir, env, "run", "--quiet", "-A", "script.ts");
  assertEquals([ran.code, ran.out], [0, PRINTED], ran.err);
}

async function compiles(dir: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { code, err } = await deno(dir, env, "check", "--quiet", "typed.ts");
  assertEquals([code, err.match(/^TS\d+ /gm)?.length], [1, 1], err);
  assertStringIncludes(err, REFUSED);
  assertStringIncludes(err, 'add(1, "not marked");');
}

function scripts(from: string): Record<string, string> {
  return { "script.ts": script(from), "typed.ts": typed(from), "here.yml": YAML };
}

Deno.test("a script in another folder imports mod.ts by file URL, without any deno.json", async () => {
  await elsewhere(scripts(MOD), async (dir) => {
    await runs(dir);
    await compiles(dir);
  });
});

Deno.test("a script in another folder imports mod.ts under stricter compiler options of its own", async () => {
  // The sources of an import by path are checked with the options of whoever imports them.
  const compilerOptions = {
    erasableSyntaxOnly: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
  };
  await elsewhere({ ...scripts(MOD), "deno.json": JSON.stringify({ compilerOptions }) }, compiles);
});

/** The files that would be published, as `deno publish` lists them; it refuses what a package may not hold. */
async function published(): Promise<readonly string[]> {
  const { code, out, err } = await deno(ROOT, {}, "publish", "--dry-run", "--allow-dirty", "--no-check");
  assertEquals(code, 0, err);
  return [...`${out}${err}`.matchAll(/^\s+(file:\/\/\S+) \(/gm)].map(([, url = ""]) =>
    fromFileUrl(url).slice(ROOT.length)
  );
}

/** Copies the package into a folder. */
async function unpack(folder: string): Promise<readonly string[]> {
  const paths = await published();
  for (const path of paths) await write(join(folder, path), await Deno.readTextFile(join(ROOT, path)));
  return paths;
}

Deno.test("deno publish takes the package: the product with its page and its licence, and nothing else", async () => {
  const paths = await published();
  for (
    const needed of ["mod.ts", "deno.json", "README.md", "LICENSE", "lib/cli/main.ts", "executors/threads/worker.ts"]
  ) {
    assert(paths.includes(needed), `${needed} is missing`);
  }
  const product =
    /^(?:mod\.ts|deno\.json|README\.md|LICENSE|(?:lib|executors|providers|launchers)\/[\w/]+(?:\.d)?\.ts)$/;
  assertEquals(paths.filter((path) => !product.test(path)), []);
});

Deno.test("a copy of the package serves through an entry in the user's import map", async () => {
  const imports = { [NAME]: "./vendor/sluice/mod.ts" };
  await elsewhere({ ...scripts(NAME), "deno.json": JSON.stringify({ imports }) }, async (dir) => {
    await unpack(join(dir, "vendor/sluice"));
    await runs(dir);
    const cli = await deno(dir, {}, "run", "-A", "vendor/sluice/lib/cli/main.ts", "config", "check", "here.yml");
    assertEquals([cli.code, cli.out], [0, "here.yml: ok, 1 executor: threads\n"], cli.err);
  });
});

Deno.test("a copy of the package serves as a link in the user's deno.json, under its published name", async () => {
  await elsewhere({ ...scripts(`jsr:${NAME}@^${VERSION}`), "deno.json": '{ "links": ["./sluice"] }' }, async (dir) => {
    await unpack(join(dir, "sluice"));
    await runs(dir);
  });
});

Deno.test("the published package runs from a registry, where every module has an address and no file", async () => {
  await elsewhere(scripts(`jsr:${NAME}@^${VERSION}`), async (dir) => {
    const registry = await Registry.open();
    try {
      // A cache of its own, as addresses differ from run to run; but npm packages are not fetched again.
      const { npmCache } = JSON.parse((await deno(ROOT, {}, "info", "--json")).out) as { readonly npmCache: string };
      await Deno.mkdir(join(dir, "cache"));
      await Deno.symlink(npmCache, join(dir, "cache/npm"));
      const env = { DENO_DIR: join(dir, "cache"), JSR_URL: registry.url };
      await runs(dir, env);
      await compiles(dir, env);
      const cli = await deno(dir, env, "run", "--quiet", "-A", `jsr:${NAME}/cli`, "config", "check", "here.yml");
      assertEquals([cli.code, cli.out], [0, "here.yml: ok, 1 executor: threads\n"], cli.err);
    } finally {
      await registry.close();
    }
  });
});

Deno.test("there is no npm package: the runtime takes no TypeScript from node_modules", async () => {
  const manifest = { name: NAME, version: VERSION, type: "module", exports: config.exports };
  const files = {
    ...scripts(NAME),
    "package.json": JSON.stringify({ dependencies: { [NAME]: VERSION } }),
    "deno.json": '{ "nodeModulesDir": "manual" }',
    [`node_modules/${NAME}/package.json`]: JSON.stringify(manifest),
  };
  await elsewhere(files, async (dir) => {
    await unpack(join(dir, "node_modules", NAME));
    const { code, err } = await deno(dir, {}, "run", "-A", "script.ts");
    assertMatch(err, /ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/);
    assertEquals(code, 1);
  });
});

/** Serves the package as JSR does: bare names are written out, and every file has its checksum in a manifest. */
class Registry {
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(files: ReadonlyMap<string, string>, manifest: Readonly<Record<string, unknown>>) {
    const base = `/${NAME}`;
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
      const path = new URL(request.url).pathname;
      if (path === `${base}/meta.json`) return Response.json({ latest: VERSION, versions: { [VERSION]: {} } });
      if (path === `${base}/${VERSION}_meta.json`) return Response.json({ manifest, exports: config.exports });
      const text = files.get(path.slice(`${base}/${VERSION}`.length));
      return new Response(text ?? null, {
        status: text === undefined ? 404 : 200,
        headers: { "content-type": "text/typescript" },
      });
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  static async open(): Promise<Registry> {
    const files = new Map<string, string>();
    const manifest: Record<string, unknown> = {};
    for (const path of await published()) {
      let text = await Deno.readTextFile(join(ROOT, path));
      for (const [name, target] of Object.entries(config.imports)) {
        if (!name.startsWith(".")) text = text.replaceAll(`from "${name}"`, `from "${target}"`);
      }
      const bytes = new TextEncoder().encode(text);
      const checksum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      manifest[`/${path}`] = { size: bytes.length, checksum: `sha256-${checksum}` };
      files.set(`/${path}`, text);
    }
    return new Registry(files, manifest);
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }
}
