import { fromFileUrl, join } from "@std/path";

/** The folder of the toolkit. */
export const ROOT: string = fromFileUrl(import.meta.resolve("../"));

/** What the top level may hold. */
export const TOP_LEVEL: readonly string[] = [
  ".ci",
  ".gitignore",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "bench",
  "deno.json",
  "deno.lock",
  "docs",
  "examples",
  "executors",
  "launchers",
  "lib",
  "mod.ts",
  "providers",
  "tests",
];

/** One file, by its path from the top. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every file of ours that ends with one of these; what runs leave behind is left out. */
export function filesOfOurs(...endings: readonly string[]): readonly SourceFile[] {
  return TOP_LEVEL.flatMap((name) => walk(name)).filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort().map((path) => ({ path, text: Deno.readTextFileSync(join(ROOT, path)) }));
}

const LEFT_BEHIND = new Set(["node_modules", "runs", "examples/output"]);

function walk(path: string): readonly string[] {
  const info = statOf(join(ROOT, path));
  if (info === undefined || LEFT_BEHIND.has(path)) return [];
  if (!info.isDirectory) return [path];
  const names = [...Deno.readDirSync(join(ROOT, path))].map((entry) => entry.name);
  return names.filter((name) => !LEFT_BEHIND.has(name)).flatMap((name) => walk(`${path}/${name}`));
}

/** Other tests make and remove files meanwhile. */
function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Comments, texts, templates and regular expressions, near enough for sources that `deno fmt` wrote. */
const SKIPPED =
  /\/\*[^]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`|(?<=(?:[=(,:!&|?[{;]|\breturn)\s*)\/(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/g;

/** A source with everything blanked that is not code; lines stay where they are. */
export function codeOf(text: string): string {
  return text.replace(SKIPPED, blank);
}

/** A source with its comments and templates blanked, but not its texts. */
export function withoutComments(text: string): string {
  return text.replace(SKIPPED, (found) => /^(?:\/[/*]|`)/.test(found) ? blank(found) : found);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** How one file mentions another. */
export interface Mention {
  readonly specifier: string;
  /** Types leave no trace when the file runs; a `url` is what workers start with. */
  readonly how: "static" | "type" | "dynamic" | "url";
  /** Whether each of its names is a type, and yet the statement as a whole does not say so. */
  readonly typesUnsaid: boolean;
}

/** Every file a source mentions. Written by `deno fmt`, statements start in the first column. */
export function mentionsOf(text: string): readonly Mention[] {
  const code = withoutComments(text);
  const statements = code.matchAll(/^(?:import|export)\b(?: (type)\b)?([^;"'()=]*?)\bfrom "([^"\n]+)"/gm);
  const found: Mention[] = [...statements].map(([, type, names = "", specifier = ""]) => {
    const braced = /^\s*\{([^}]*)\}/.exec(names)?.[1]?.split(",").map((name) => name.trim()).filter((n) => n !== "");
    const typesUnsaid = type === undefined && braced !== undefined && braced.every((name) => name.startsWith("type "));
    return { specifier, how: type === undefined ? "static" : "type", typesUnsaid };
  });
  for (const [, specifier = ""] of code.matchAll(/^import "([^"\n]+)"/gm)) {
    found.push({ specifier, how: "static", typesUnsaid: false });
  }
  // Whether `import("…")` is a type or a call makes no difference to layers, and a type may well be called for.
  for (const [, specifier = ""] of code.matchAll(/\bimport\(\s*"([^"\n]+)"/g)) {
    found.push({ specifier, how: "dynamic", typesUnsaid: false });
  }
  for (const [, specifier = ""] of code.matchAll(/\bnew URL\(\s*"([^"\n]+)",\s*import\.meta\.url/g)) {
    found.push({ specifier, how: "url", typesUnsaid: false });
  }
  return found;
}

/** The path from the top of a relative specifier in a file; undefined for any other. */
export function targetOf(path: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? join("/", path, "..", specifier).slice(1) : undefined;
}
