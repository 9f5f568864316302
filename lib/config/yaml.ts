import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from "../deps/yaml.ts";
import { type Pair, parseDocument, type YAMLMap, type YAMLSeq } from "../deps/yaml.ts";
import { ConfigError } from "../errors/mod.ts";
import { type Entry, type Origin, type Path, showPath, type Tree } from "./tree.ts";

/** What the parser's codes mean for someone who wrote a configuration. */
const CODES: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "a tab indents this line; YAML allows only spaces there",
  MULTIPLE_DOCS: "a second document starts here (---); keep one, or put the other in a file and name it in extends",
  BLOCK_AS_IMPLICIT_KEY: 'a key stands inside a value: check the indentation, or put a text with ": " in quotes',
  MULTILINE_IMPLICIT_KEY: "a key goes over several lines: check the indentation and the quotes",
  BAD_INDENT: "the indentation does not fit, or a bracket is not closed",
  MISSING_CHAR: "something is missing before this place: a quote, a bracket, a comma or a colon",
  BAD_SCALAR_START: "a text that starts with @, ` or % needs quotes",
  BAD_DQ_ESCAPE: 'this \\ escape means nothing in double quotes; use single quotes or "\\\\"',
  TAG_RESOLVE_FAILED: "tags (!name) mean nothing here",
};

/** More values than any configuration needs; aliases of aliases can ask for billions. */
const MOST_VALUES = 100_000;

/** Reads one YAML document into a tree that knows where every value stands; `file` is the name that errors use. */
export function parseYaml(text: string, file: string): Tree {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Found by the reader below, which can say where the first one stands.
    uniqueKeys: false,
    // Whatever a %YAML directive says: `yes` stays a text, and 0:30:00 too.
    version: "1.2",
    schema: "core",
    merge: true,
  });
  const reader = new Reader(document, file, lines);
  const [wrong] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (wrong !== undefined) throw reader.error(wrong.pos[0], CODES[wrong.code] ?? firstLine(wrong.message));
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    throw new ConfigError(`Cannot use ${file} as a configuration: it is empty`, { path: [], got: null }, {
      hint: "write at least {} to take every default",
    });
  }
  return reader.read(document.contents, []);
}

function firstLine(message: string): string {
  const line = message.split("\n")[0] ?? "";
  return line.charAt(0).toLowerCase() + line.slice(1);
}

class Reader {
  readonly #document: Document;
  readonly #file: string;
  readonly #lines: LineCounter;
  /** Anchored values in the midst of being read: an alias to one of them would have no end. */
  readonly #open = new Set<Node>();
  #count = 0;

  constructor(document: Document, file: string, lines: LineCounter) {
    this.#document = document;
    this.#file = file;
    this.#lines = lines;
  }

  error(offset: number, why: string, path: Path = []): ConfigError {
    return new ConfigError(`Cannot read the configuration: ${why}`, { ...this.#at(offset), path });
  }

  read(node: Node | null, path: Path, fallback = 0): Tree {
    const start = node?.range?.[0] ?? fallback;
    const at = this.#at(start);
    if (++this.#count > MOST_VALUES) throw this.error(start, `it has more than ${MOST_VALUES} values`, path);
    if (node === null) return { kind: "scalar", at, value: null, bare: true };
    if (isAlias(node)) return this.#alias(node, path);
    if (this.#open.has(node)) throw this.error(start, `${showPath(path)} contains itself`, path);
    this.#open.add(node);
    const tree = this.#inside(node, path, at);
    this.#open.delete(node);
    return tree;
  }

  #inside(node: Node, path: Path, at: Origin): Tree {
    if (isMap(node)) return this.#map(node, path, at);
    if (isSeq(node)) return this.#list(node, path, at);
    if (isScalar(node)) return { kind: "scalar", at, value: node.value, bare: node.type === "PLAIN" };
    throw this.error(node.range?.[0] ?? 0, "this kind of value means nothing here", path);
  }

  #alias(node: Alias, path: Path): Tree {
    const target = node.resolve(this.#document);
    if (target === undefined) {
      throw this.error(node.range?.[0] ?? 0, `there is no anchor &${node.source} before this place`, path);
    }
    return this.read(target, path);
  }

  #list(node: YAMLSeq, path: Path, at: Origin): Tree {
    // Items of a parsed list are nodes, or null for nothing after the dash.
    const items = node.items.map((item, i) => this.read(item as Node | null, [...path, i], node.range?.[0]));
    return { kind: "list", at, items };
  }

  #map(node: YAMLMap, path: Path, at: Origin): Tree {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    for (const pair of node.items) {
      const { name, key } = this.#key(pair, path);
      const tree = this.read(pair.value as Node | null, [...path, name], (pair.key as Node).range?.[1]);
      if (name === "<<") {
        this.#merge(tree, merged, key, path);
        continue;
      }
      const first = own.get(name);
      if (first !== undefined) throw this.#twice(name, first, key, path);
      own.set(name, { key, tree });
    }
    // A key of the mapping itself wins over a merged one.
    return { kind: "map", at, entries: new Map([...merged, ...own]) };
  }

  #key(pair: Pair, path: Path): { readonly name: string; readonly key: Origin } {
    const node = pair.key;
    if (!isScalar(node)) {
      const start = isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
      throw this.error(start ?? 0, `a key of ${showPath(path)} is not a text`, path);
    }
    // With merge on, the parser gives `<<` as a symbol.
    const name = typeof node.value === "symbol" ? "<<" : String(node.value);
    return { name, key: this.#at(node.range?.[0] ?? 0) };
  }

  #merge(tree: Tree, into: Map<string, Entry>, key: Origin, path: Path): void {
    const sources = tree.kind === "list" ? tree.items : [tree];
    for (const source of sources) {
      if (source.kind !== "map") {
        throw new ConfigError("Cannot read the configuration: << needs a mapping, or a list of them", { ...key, path });
      }
      // The first source that has a key wins, as the merge key's description says.
      for (const [name, entry] of source.entries) if (!into.has(name)) into.set(name, entry);
    }
  }

  #twice(name: string, first: Entry, again: Origin, path: Path): ConfigError {
    const message = `Cannot use "${name}" in ${showPath(path)}: the key is there twice, ` +
      `first on line ${first.key.line}; keep one`;
    return new ConfigError(message, { ...again, path: [...path, name] });
  }

  #at(offset: number): Origin {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line, column: col };
  }
}
