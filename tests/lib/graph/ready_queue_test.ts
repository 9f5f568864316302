import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Queued, ReadyQueue } from "../../../lib/graph/ready_queue.ts";

interface Item extends Queued {
  readonly id: number;
}

function item(id: number, priority = 0): Item {
  return { id, priority, lane: undefined };
}

function ids(items: Iterable<Item>): number[] {
  return [...items].map((i) => i.id);
}

type Step =
  | { readonly kind: "push"; readonly priority: number }
  | { readonly kind: "shift" }
  | { readonly kind: "delete"; readonly which: number }
  | { readonly kind: "putBack"; readonly most: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("push"), priority: fc.constantFrom(-1, 0, 0.5, 3, Infinity) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("shift") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete"), which: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("putBack"), most: fc.integer({ min: 1, max: 5 }) }) },
);

/** The same as the queue, the slow and obvious way. */
class Model {
  waiting: Item[] = [];

  push(one: Item): void {
    const at = this.waiting.findIndex((other) => other.priority > one.priority);
    this.waiting.splice(at < 0 ? this.waiting.length : at, 0, one);
  }
  putBack(items: readonly Item[]): void {
    for (const one of [...items].reverse()) {
      const at = this.waiting.findIndex((other) => other.priority >= one.priority);
      this.waiting.splice(at < 0 ? this.waiting.length : at, 0, one);
    }
  }
  delete(one: Item): boolean {
    const at = this.waiting.indexOf(one);
    if (at >= 0) this.waiting.splice(at, 1);
    return at >= 0;
  }
}

Deno.test("ReadyQueue does what a sorted list does, whatever is done to it", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const queue = new ReadyQueue<Item>();
      const model = new Model();
      const all: Item[] = [];
      const taken: Item[] = [];
      for (const s of steps) {
        switch (s.kind) {
          case "push": {
            const one = item(all.length, s.priority);
            all.push(one);
            queue.push(one);
            model.push(one);
            break;
          }
          case "shift": {
            const one = queue.shift();
            assertEquals(one, model.waiting.shift());
            if (one !== undefined) taken.push(one);
            break;
          }
          case "delete": {
            // Any that ever was: one that waits, one that was taken, one that was deleted before.
            const one = all[s.which % Math.max(1, all.length)];
            if (one !== undefined) assertEquals(queue.delete(one), model.delete(one));
            break;
          }
          case "putBack": {
            const back = taken.splice(-s.most);
            queue.putBack(back);
            model.putBack(back);
            break;
          }
        }
        assertEquals(queue.size, model.waiting.length);
        assertEquals(ids(queue), ids(model.waiting));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("ReadyQueue.delete() leaves alone what was taken, and what waits elsewhere", () => {
  const queue = new ReadyQueue<Item>();
  const other = new ReadyQueue<Item>();
  const [a, b, c] = [item(1), item(2), item(3)];
  queue.push(a);
  queue.push(b);
  other.push(c);
  assertEquals(queue.shift(), a);
  assertEquals([queue.delete(a), queue.delete(c), queue.size, other.size], [false, false, 1, 1]);
  assertEquals([queue.delete(b), queue.delete(b), queue.size], [true, false, 0]);
  assertEquals(queue.shift(), undefined);
});

Deno.test("ReadyQueue lets go of what was deleted when nothing else waits", () => {
  const queue = new ReadyQueue<Item>();
  const items = Array.from({ length: 5000 }, (_, i) => item(i, i % 3));
  for (const one of items) queue.push(one);
  for (const one of items) queue.delete(one);
  assertEquals([queue.size, ids(queue)], [0, []]);
  queue.push(item(9, 1));
  assertEquals([queue.shift()?.id, queue.shift()], [9, undefined]);
});

Deno.test("ReadyQueue keeps its order over many pushes and shifts", () => {
  const queue = new ReadyQueue<Item>();
  let next = 0;
  let expected = 0;
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 300; i++) queue.push(item(next++));
    for (let i = 0; i < 290; i++) assertEquals(queue.shift()?.id, expected++);
  }
  assertEquals(queue.size, 500);
});

Deno.test("ReadyQueue.putBack() of one costs the same however many wait", () => {
  function perTurn(waiting: number): number {
    const queue = new ReadyQueue<Item>();
    for (let i = 0; i < waiting; i++) queue.push(item(i));
    const begun = performance.now();
    for (let i = 0; i < 2000; i++) {
      const one = queue.shift();
      if (one !== undefined) queue.putBack([one]);
    }
    return performance.now() - begun;
  }
  perTurn(100);
  const best = (n: number): number => Math.min(perTurn(n), perTurn(n), perTurn(n));
  // Copying the rest each time would be 2,000 times 100,000 moves: hundreds of milliseconds against one.
  assertEquals(best(100_000) < 50 + 20 * best(100), true);
});
