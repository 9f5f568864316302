import { Console } from "node:console";
import { Writable } from "node:stream";
import { frameOf, readFrames } from "../../lib/wire/frames.ts";
import { RING, type RunMessage, Word } from "./protocol.ts";
import { Runner } from "./runner.ts";

const { stdout } = Deno;
const write = stdout.writeSync.bind(stdout);

// stdout carries the frames, so what a function prints travels in one of them, however it prints it.
function send(kind: "print" | "results", body: unknown): void {
  const frame = frameOf([kind, body]);
  try {
    for (let at = 0; at < frame.length;) at += write(frame.subarray(at));
  } catch (error) {
    // The script is gone, and with it everybody who would want to know.
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(1);
    throw error;
  }
}
function print(bytes: Uint8Array): number {
  send("print", bytes);
  return bytes.length;
}
stdout.writeSync = print;
stdout.write = (bytes) => Promise.resolve(print(bytes));
const printed = new Writable({
  write(bytes: Uint8Array, _encoding, done): void {
    print(bytes);
    done();
  },
});
const { error, warn, trace, assert } = console;
// The methods of the platform's console write to stdout behind the back of `Deno.stdout`.
Object.assign(console, new Console(printed), { error, warn, trace, assert });

const runner = new Runner(new Int32Array(Word.ring + RING), (results) => send("results", results));
for await (const message of readFrames(Deno.stdin.readable)) {
  // The script writes nothing else. Places are marked as sent here, since no memory is shared.
  runner.take(message as RunMessage, true);
}
// Nobody is left to tell a result, also not that of a function that still waits.
Deno.exit(1);
