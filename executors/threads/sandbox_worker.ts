import { frameOf, readFrames } from "../../lib/wire/frames.ts";
import { RING, type RunMessage, Word } from "./protocol.ts";
import { Runner } from "./runner.ts";

// stdout carries the frames, so what a function prints travels in one of them.
function send(kind: "print" | "results", body: unknown): void {
  const frame = frameOf([kind, body]);
  for (let at = 0; at < frame.length;) at += Deno.stdout.writeSync(frame.subarray(at));
}
function print(...values: unknown[]): void {
  const texts = values.map((v) => typeof v === "string" ? v : Deno.inspect(v));
  send("print", `${texts.join(" ")}\n`);
}
Object.assign(console, { log: print, info: print, debug: print });

const runner = new Runner(new Int32Array(Word.ring + RING), (results) => send("results", results));
for await (const message of readFrames(Deno.stdin.readable)) {
  // The script writes nothing else. Places are marked as sent here, since no memory is shared.
  runner.take(message as RunMessage, true);
}
