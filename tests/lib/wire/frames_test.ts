import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { frameOf, readFrames } from "../../../lib/wire/frames.ts";

/** Bytes that come in pieces of these lengths, again and again. */
async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
    await Promise.resolve();
  }
}

function joined(frames: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(frames.flatMap((frame) => [...frame]));
}

const value = fc.oneof(
  fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true }),
  fc.string({ maxLength: 2000 }),
  fc.uint8Array({ maxLength: 3000 }),
);

Deno.test("readFrames() gives back every value, however the bytes come in pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }),
      async (values, lengths) => {
        const sent: unknown[] = values.map((one) => structuredClone(one));
        const got = await Array.fromAsync(readFrames(inPieces(joined(sent.map(frameOf)), lengths)));
        assertEquals(got, sent);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("readFrames() ends with the stream, and says nothing of a frame that is not whole", async () => {
  const bytes = joined([frameOf("one"), frameOf("two")]);
  for (let cut = 0; cut < bytes.length; cut++) {
    const got = await Array.fromAsync(readFrames(inPieces(bytes.subarray(0, cut), [7])));
    assertEquals(got, cut < frameOf("one").length ? [] : ["one"]);
  }
});

Deno.test("readFrames() yields a value as soon as it is whole", async () => {
  const first = frameOf({ n: 1 });
  const gate = Promise.withResolvers<void>();
  const frames = readFrames((async function* (): AsyncGenerator<Uint8Array> {
    yield joined([first, first.subarray(0, 3)]);
    await gate.promise;
    yield first.subarray(3);
  })());
  assertEquals((await frames.next()).value, { n: 1 });
  gate.resolve();
  assertEquals([(await frames.next()).value, (await frames.next()).done], [{ n: 1 }, true]);
});

Deno.test("readFrames() refuses a length that nobody means", async () => {
  const text = new TextEncoder().encode("\xffHTTP/1.1 400 Bad Request\r\n");
  await assertRejects(() => Array.fromAsync(readFrames(inPieces(text, [100]))), RangeError, "speaks something else");
});

Deno.test("readFrames() keeps what a clone keeps: shared parts, cycles, classes of the language", async () => {
  const shared = { a: 1 };
  const cycle: Record<string, unknown> = { shared, again: shared, when: new Date(5), error: new RangeError("r") };
  cycle["self"] = cycle;
  const [got] = await Array.fromAsync(readFrames(inPieces(frameOf(cycle), [11]))) as Record<string, unknown>[];
  assertStrictEquals(got?.["self"], got);
  assertStrictEquals(got?.["shared"], got?.["again"]);
  assertInstanceOf(got?.["error"], RangeError);
  assertEquals(got?.["when"], new Date(5));
});

Deno.test("readFrames() costs the same for each byte of a large frame as of a small one", async () => {
  async function time(length: number): Promise<number> {
    const frame = frameOf(new Uint8Array(length));
    const begun = performance.now();
    for await (const one of readFrames(inPieces(frame, [4096]))) assertEquals((one as Uint8Array).length, length);
    return (performance.now() - begun) / length;
  }
  await time(1e5);
  const small = Math.min(await time(2e5), await time(2e5), await time(2e5));
  const large = Math.min(await time(1e7), await time(1e7));
  // Joining all pieces for each of them would make it 50 times as much.
  assertEquals(large < 20 * small, true, `${large} against ${small}`);
});
