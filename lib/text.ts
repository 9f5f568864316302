/** Edits needed to turn one word into another (Levenshtein), case ignored. */
export function editDistance(a: string, b: string): number {
  const x = a.toLowerCase();
  const y = b.toLowerCase();
  let row = Array.from({ length: y.length + 1 }, (_, i) => i);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      const swap = (row[j - 1] ?? 0) + (x[i - 1] === y[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[y.length] ?? 0;
}

/** The candidate nearest to a word, or undefined when none is near enough to be meant. Snake case counts as camel case. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const plain = word.replace(/[_-]/g, "");
  let best: string | undefined;
  let least = Math.max(2, Math.floor(plain.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain, candidate.replace(/[_-]/g, ""));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** ` (did you mean "x"?)`-style ending for an unknown word, or the legal words when none is near. */
export function suggestion(word: string, legal: readonly string[]): string {
  const near = nearest(word, legal);
  if (near !== undefined) return `did you mean "${near}"?`;
  return legal.length === 0 ? "there are none" : `it can be ${legal.join(", ")}`;
}

/** `1 task`, `2 tasks`, `1,000 tasks`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? noun : plural}`;
}
