import { fromBytes, toBytes } from "./values.ts";

/** Largest frame that is believed, in bytes: a length beyond it means that the other side speaks something else. */
const LARGEST = 2 ** 31;

/** A value as a frame: four bytes of length, big end first, then the value as V8 writes it. */
export function frameOf(value: unknown): Uint8Array {
  const body = toBytes(value);
  const frame = new Uint8Array(4 + body.length);
  new DataView(frame.buffer).setUint32(0, body.length);
  frame.set(body, 4);
  return frame;
}

/** Cuts a stream of bytes into the values of its frames, however it comes in pieces; ends with the stream. */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let held = new Uint8Array(0);
  for await (const piece of stream) {
    const joined = new Uint8Array(held.length + piece.length);
    joined.set(held);
    joined.set(piece, held.length);
    held = joined;
    while (held.length >= 4) {
      const length = new DataView(held.buffer, held.byteOffset).getUint32(0);
      if (length > LARGEST) {
        throw new RangeError(`Cannot read a frame of ${length} bytes: the other side speaks something else`);
      }
      if (held.length < 4 + length) break;
      yield fromBytes(held.subarray(4, 4 + length));
      held = held.slice(4 + length);
    }
  }
}
