import { Deserializer, Serializer } from "node:v8";

/**
 * Values as bytes and back. The `serialize` of node:v8 would not do: it puts every typed array that it reads into one
 * pool of 8 KB, so that `array.buffer` holds other things too, and copies views of shared memory in silence.
 */

/** A value as V8 writes it, version first. */
export function toBytes(value: unknown): Uint8Array {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

/** The value that was written. */
export function fromBytes(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}
