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
  let pieces: Uint8Array[] = [];
  let held = 0;
  let wanted = 4;
  for await (const piece of stream) {
    pieces.push(piece);
    held += piece.length;
    // Joined only when there is a whole frame: a large one comes in thousands of pieces.
    if (held < wanted) continue;
    const bytes = joined(pieces, held);
    let at = 0;
    for (wanted = 4; bytes.length - at >= wanted; wanted = 4) {
      wanted += lengthAt(bytes, at);
      if (bytes.length - at < wanted) break;
      yield fromBytes(bytes.subarray(at + 4, at + wanted));
      at += wanted;
    }
    pieces = at < bytes.length ? [bytes.subarray(at)] : [];
    held = bytes.length - at;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only, ...others] = pieces;
  if (only !== undefined && others.length === 0) return only;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
  if (length <= LARGEST) return length;
  throw new RangeError(`Cannot read a frame of ${length} bytes: the other side speaks something else`);
}
