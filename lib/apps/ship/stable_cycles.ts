import { describe, primitive } from "./stable_text.ts";

/**
 * A text for a value with cycles. Two objects are alike when no path from them ever shows a difference; that is found
 * as for the states of an automaton: all are alike at first, and are told apart by their own shape and by the class of
 * what they hold, until nothing changes. The text is the smallest such automaton, which does not depend on how often a
 * cycle was unrolled or what is shared. Classes are numbered by the order of their texts, so the numbers are the same
 * for equal values.
 */
export function unfold(root: unknown): string {
  const objects = reachable(root);
  let classes = new Map<object, number>(objects.map((o) => [o, 0]));
  let count = 1;
  for (;;) {
    const known = classes;
    const texts = objects.map((o) => describe(o, (part) => reference(part, known)));
    const ordered = [...new Set(texts)].sort();
    if (ordered.length === count) return print(root, objects, texts, known);
    const numbers = new Map(ordered.map((text, i) => [text, i]));
    classes = new Map(objects.map((o, i) => [o, numbers.get(texts[i] ?? "") ?? 0]));
    count = ordered.length;
  }
}

function reachable(root: unknown): object[] {
  const seen = new Set<object>();
  if (typeof root === "object" && root !== null) seen.add(root);
  // A Set visits what is added while it is walked.
  for (const one of seen) {
    describe(one, (part) => {
      if (typeof part === "object" && part !== null) seen.add(part);
      return "";
    });
  }
  return [...seen];
}

function reference(part: unknown, classes: ReadonlyMap<object, number>): string {
  if (typeof part === "object" && part !== null) return `@${classes.get(part) ?? 0}`;
  return primitive(part);
}

function print(
  root: unknown,
  objects: readonly object[],
  texts: readonly string[],
  classes: ReadonlyMap<object, number>,
): string {
  const byClass = new Map(objects.map((o, i) => [classes.get(o) ?? 0, texts[i] ?? ""]));
  const rules = [...byClass].sort(([a], [b]) => a - b).map(([number, text]) => `@${number}=${text}`);
  return `Cycle(${reference(root, classes)};${rules.join(";")})`;
}
