import { createHash } from "node:crypto";

/** The kinds of apps whose results can be kept. */
export type MemoKind = "function" | "module" | "bash" | "join";

/**
 * Everything that decides the result of a call. Texts are made by `textPart`, so that they stay short and still can be
 * shown to a person who asks why a result was not taken from the cache.
 */
export interface KeyParts {
  /** What kind of app it is. */
  readonly kind: MemoKind;
  /** The function's text, the hash of the module's closure, or the rendered script. */
  readonly code: string;
  /** The canonical text of the arguments. */
  readonly args: string;
  /** The files the task reads: path and content hash. Their order does not count. */
  readonly inputs: readonly InputPart[];
  /** Paths of the files the task writes. Their order does not count. */
  readonly outputs: readonly string[];
  /** Options that change the result: working directory, environment, strictness, parse mode, resource keys. */
  readonly options: Readonly<Record<string, string>>;
}

/** A file the task reads. */
export interface InputPart {
  /** Where it is. */
  readonly path: string;
  /** Hash of its content, or `missing`. */
  readonly hash: string;
}

/** Part of the hashed text: a change of what goes into a key, or of how, must change it. */
const KEY_VERSION = "sluice-memo-1";

/** The key of a call: sha256 in hex, equal exactly when all parts are. */
export function memoKey(parts: KeyParts): string {
  return sha256(
    KEY_VERSION + JSON.stringify([
      parts.kind,
      parts.code,
      parts.args,
      distinct(parts.inputs.map((input) => JSON.stringify([input.path, input.hash]))),
      distinct(parts.outputs),
      Object.entries(parts.options).sort(([a], [b]) => compare(a, b)),
    ]),
  );
}

function distinct(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)].sort(compare);
}

/** Code units, not the locale: a key must be the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Stands before a part that is too long to be kept whole. */
const HASHED = "#sha256 ";
/** Longest text that is kept whole. */
const KEPT = 2048;
/** How much of a longer one is kept to be looked at. */
const HEAD = 512;

/** A text as a part of a key: itself when it is short, otherwise its hash, its length and its first characters. */
export function textPart(text: string): string {
  // A short text that looks like a hashed one is hashed too, so that no two texts make the same part.
  if (text.length <= KEPT && !text.startsWith(HASHED)) return text;
  return `${HASHED}${sha256(wellFormed(text))} ${text.length}\n${wellFormed(text.slice(0, HEAD))}`;
}

/** Lone surrogates all become the same replacement in UTF-8; written as JSON they stay apart. */
function wellFormed(text: string): string {
  return text.isWellFormed() ? text : JSON.stringify(text);
}

/** A text that must not be read back, such as the value of an environment variable: its hash alone. */
export function secretPart(text: string): string {
  return `${HASHED}${sha256(wellFormed(text))}`;
}

/** What can be shown of a part: the text, or the beginning of it. */
export function shownPart(part: string): { readonly text: string; readonly whole: boolean } {
  if (!part.startsWith(HASHED)) return { text: part, whole: true };
  const end = part.indexOf("\n");
  return { text: end < 0 ? "" : part.slice(end + 1), whole: false };
}
