import { type KeyParts, type MemoKind, shownPart } from "./key.ts";

/** An earlier record that a miss is compared with. */
export interface Candidate {
  /** Key of the record. */
  readonly key: string;
  /** What the key was made of. */
  readonly parts: KeyParts;
}

/** The nearest earlier record, and what differs from it. */
export interface NearestRecord<C extends Candidate> {
  /** The record. */
  readonly record: C;
  /** One sentence or more for each part that differs; none when the records are the same. */
  readonly differences: string[];
}

const CODE_WORDS: Readonly<Record<MemoKind, string>> = {
  function: "the function text",
  module: "the module, or a file it imports,",
  bash: "the script",
  join: "the join function text",
};

/** What differs between a call that was not found and the nearest earlier record, in words. */
export function explainMiss(miss: KeyParts, candidates: Iterable<Candidate>): string[] {
  const nearest = nearestRecord(miss, candidates);
  return nearest === undefined ? ["there is no earlier record of this app"] : nearest.differences;
}

/** The earlier record with the fewest differences; of those the one whose texts are most alike. */
export function nearestRecord<C extends Candidate>(
  miss: KeyParts,
  candidates: Iterable<C>,
): NearestRecord<C> | undefined {
  let best: { record: C; count: number; alike: number } | undefined;
  for (const record of candidates) {
    const count = differingParts(miss, record.parts);
    if (best !== undefined && count > best.count) continue;
    const alike = likeness(miss.args, record.parts.args) + likeness(miss.code, record.parts.code);
    if (best === undefined || count < best.count || alike > best.alike) best = { record, count, alike };
  }
  return best && { record: best.record, differences: differences(best.record.parts, miss) };
}

function differingParts(a: KeyParts, b: KeyParts): number {
  return Number(a.kind !== b.kind) + Number(a.code !== b.code) + Number(a.args !== b.args) +
    changedKeys(inputMap(a), inputMap(b)).length +
    changedKeys(outputMap(a), outputMap(b)).length +
    changedKeys(a.options, b.options).length;
}

type Texts = Readonly<Record<string, string>>;

function inputMap(parts: KeyParts): Texts {
  return Object.fromEntries(parts.inputs.map((input) => [input.path, input.hash]));
}

function outputMap(parts: KeyParts): Texts {
  return Object.fromEntries(parts.outputs.map((path) => [path, ""]));
}

function changedKeys(a: Texts, b: Texts): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => own(a, key) !== own(b, key)).sort();
}

function own(texts: Texts, key: string): string | undefined {
  return Object.hasOwn(texts, key) ? texts[key] : undefined;
}

/** How many characters two texts share at both ends. */
function likeness(a: string, b: string): number {
  const [start, end] = sharedEnds(a, b);
  return start + end;
}

function sharedEnds(a: string, b: string): readonly [start: number, end: number] {
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a.charCodeAt(start) === b.charCodeAt(start)) start++;
  let end = 0;
  while (end < most - start && a.charCodeAt(a.length - 1 - end) === b.charCodeAt(b.length - 1 - end)) end++;
  return [start, end];
}

function differences(was: KeyParts, is: KeyParts): string[] {
  const lines: string[] = [];
  if (was.kind !== is.kind) lines.push(`it was a ${was.kind} app and is a ${is.kind} app`);
  if (was.code !== is.code) lines.push(...textChange(CODE_WORDS[is.kind], was.code, is.code));
  if (was.args !== is.args) lines.push(...textChange("the argument text", was.args, is.args));
  for (const path of changedKeys(inputMap(was), inputMap(is))) {
    lines.push(inputChange(path, own(inputMap(was), path), own(inputMap(is), path)));
  }
  for (const path of changedKeys(outputMap(was), outputMap(is))) {
    lines.push(`output ${path} ${own(outputMap(is), path) === undefined ? "is no longer declared" : "is new"}`);
  }
  for (const key of changedKeys(was.options, is.options)) {
    lines.push(...optionChange(key, own(was.options, key), own(is.options, key)));
  }
  return lines;
}

function inputChange(path: string, was: string | undefined, is: string | undefined): string {
  if (was === undefined) return `input ${path} is new`;
  if (is === undefined) return `input ${path} is no longer used`;
  if (was === "missing") return `input ${path} was missing and is there now`;
  return is === "missing" ? `input ${path} is missing` : `input ${path} changed its content`;
}

function optionChange(key: string, was: string | undefined, is: string | undefined): string[] {
  if (was === undefined) return [`option ${key} is new: ${preview(is ?? "")}`];
  if (is === undefined) return [`option ${key} is no longer given; it was ${preview(was)}`];
  return textChange(`option ${key}`, was, is);
}

function preview(part: string): string {
  const { text, whole } = shownPart(part);
  return whole ? JSON.stringify(cut(text, 0)) : "(kept as a hash)";
}

/** Characters shown before the first difference, and from it on. */
const BEFORE = 24;
const SHOWN = 96;

function cut(text: string, from: number): string {
  const start = Math.max(0, from - BEFORE);
  const end = start + SHOWN;
  return (start > 0 ? "…" : "") + text.slice(start, end) + (end < text.length ? "…" : "");
}

function textChange(what: string, wasPart: string, isPart: string): string[] {
  const was = shownPart(wasPart);
  const is = shownPart(isPart);
  const [start] = sharedEnds(was.text, is.text);
  // Both may be cut off before the place where they differ.
  const cutShort = (!was.whole && start >= was.text.length) || (!is.whole && start >= is.text.length);
  if (cutShort) return [`${what} changed${start > 0 ? ` after its first ${start} characters` : ""}`];
  const line = was.text.slice(0, start).split("\n").length;
  const place = was.text.includes("\n") || is.text.includes("\n") ? ` in line ${line}` : "";
  return [
    `${what} changed${place}`,
    `  was ${JSON.stringify(cut(was.text, start))}`,
    `  is  ${JSON.stringify(cut(is.text, start))}`,
  ];
}
