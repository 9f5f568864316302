import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { TokenBoard, type TokenEffect } from "../../../lib/command/tokens.ts";

/** A board with loops 1..n and `sent` tokens on their way. */
function board(loops: number, sent: number): { board: TokenBoard; tokens: string[] } {
  const board = new TokenBoard();
  for (let loop = 1; loop <= loops; loop++) board.loopCame(loop);
  return { board, tokens: Array.from({ length: sent }, () => board.take()) };
}

function token(tokens: readonly string[], i: number): string {
  const found = tokens[i];
  assert(found !== undefined);
  return found;
}

Deno.test("TokenBoard.take() never gives a token that is out", () => {
  const { board: b, tokens } = board(1, 100);
  assertEquals(new Set(tokens).size, 100);
  assertEquals(b.out, 100);
  assert(tokens.every((t) => /^\w\w$/.test(t)));
});

Deno.test("TokenBoard.take() uses a token again only after its end was told", () => {
  const { board: b, tokens } = board(1, 1);
  const t = token(tokens, 0);
  assertNotEquals(b.take(), t);
  b.started(t, 1, 100);
  assertEquals(b.ended(t, 1).known, true);
  assertEquals(b.take(), t);
});

Deno.test("TokenBoard.full says whether every loop runs a script", () => {
  const { board: b, tokens } = board(2, 3);
  assertEquals([b.full, b.running], [false, 0]);
  b.started(token(tokens, 0), 1, 100);
  assertEquals([b.full, b.running], [false, 1]);
  b.started(token(tokens, 1), 2, 101);
  assertEquals([b.full, b.running], [true, 2]);
  assertEquals(b.unstarted, [token(tokens, 2)]);
  b.ended(token(tokens, 0), 1);
  assertEquals([b.full, b.running], [false, 1]);
});

Deno.test("TokenBoard.loopDied() tells that the script of the loop is lost, and no other", () => {
  const { board: b, tokens } = board(2, 3);
  b.started(token(tokens, 0), 1, 100);
  b.started(token(tokens, 1), 2, 101);
  assertEquals(b.loopDied(1), [{ kind: "lost", token: token(tokens, 0) }]);
  assertEquals(b.unstarted, [token(tokens, 2)]);
});

/** The marker that a board asked to be sent. */
function markerOf(effects: readonly TokenEffect[]): string {
  const sent = effects.find((effect) => effect.kind === "sendMarker");
  assert(sent !== undefined, `no marker in ${Deno.inspect(effects)}`);
  return sent.marker;
}

/** The effects that tell of tokens. */
function fates(effects: readonly TokenEffect[]): TokenEffect[] {
  return effects.filter((effect) => effect.kind !== "sendMarker" && effect.kind !== "settleLater");
}

Deno.test("TokenBoard.loopDied() asks with a marker, and not when nothing can have gone with the loop", () => {
  assertEquals(board(2, 0).board.loopDied(1), [{ kind: "killOrphans" }]);
  const effects = board(2, 1).board.loopDied(1);
  assertEquals(effects.map((effect) => effect.kind), ["killOrphans", "sendMarker"]);
  assert(markerOf(effects).startsWith("?"));
});

Deno.test("TokenBoard.marker() proves a token gone once every idle loop has spoken", () => {
  const { board: b, tokens } = board(3, 2);
  b.started(token(tokens, 0), 2, 100);
  const marker = markerOf(b.loopDied(1));
  b.loopCame(4);
  // Loop 2 runs a script, so it holds no other token; loops 3 and 4 may be about to tell of one.
  const first = b.marker(marker, 4);
  assertEquals(first, [{ kind: "settleLater", marker }, { kind: "sendMarker", marker }]);
  assertEquals(b.marker(marker, 4), [{ kind: "sendMarker", marker }]);
  assertEquals(b.marker(marker, 3), [{ kind: "vanished", token: token(tokens, 1) }]);
  assertEquals(b.out, 1);
});

Deno.test("TokenBoard.started() clears a token that was only slow", () => {
  const { board: b, tokens } = board(3, 1);
  const marker = markerOf(b.loopDied(1));
  assertEquals(fates(b.marker(marker, 2)), []);
  assertEquals(b.started(token(tokens, 0), 3, 100), []);
  assertEquals(b.settle(marker), []);
  assertEquals(b.out, 1);
});

Deno.test("TokenBoard says nothing of tokens in the pipe before the marker was read, however long that takes", () => {
  const { board: b, tokens } = board(2, 3);
  b.started(token(tokens, 0), 2, 100);
  const effects = b.loopDied(1);
  assertEquals(effects.some((effect) => effect.kind === "settleLater"), false);
  b.loopCame(3);
  assertEquals(b.started(token(tokens, 1), 3, 101), []);
  assertEquals(b.ended(token(tokens, 1), 3).effects, []);
  assertEquals(b.unstarted, [token(tokens, 2)]);
});

Deno.test("TokenBoard.marker() does not take the marker of an earlier death for one of this", () => {
  const { board: b, tokens } = board(3, 1);
  const early = markerOf(b.loopDied(1));
  const later = b.take();
  const late = markerOf(b.loopDied(2));
  // The first marker says nothing of the token that was sent after it.
  assertEquals(b.marker(early, 3), []);
  assertEquals(fates(b.marker(late, 3)), [
    { kind: "vanished", token: token(tokens, 0) },
    { kind: "vanished", token: later },
  ]);
});

Deno.test("TokenBoard.atRisk are as many of the oldest as there are idle loops", () => {
  const { board: b, tokens } = board(3, 5);
  b.started(token(tokens, 0), 1, 100);
  assertEquals(b.atRisk, tokens.slice(1, 3));
});

Deno.test("TokenBoard.started() calls a script of a vanished token a stray", () => {
  const { board: b, tokens } = board(2, 1);
  const marker = markerOf(b.loopDied(1));
  assertEquals(b.settle(marker), [{ kind: "vanished", token: token(tokens, 0) }]);
  assertEquals(b.started(token(tokens, 0), 2, 100), [{ kind: "stray", pid: 100 }]);
  assertEquals(b.ended(token(tokens, 0), 2).known, false);
});

Deno.test("TokenBoard.take() goes on when thousands of tokens were given up", () => {
  const { board: b } = board(1, 0);
  for (let i = 0; i < 10_000; i++) b.retire(b.take());
  assertEquals(b.out, 0);
  assertEquals(b.take().length, 2);
});

/** A pipe of tokens and loops that die at any moment: what bash does, without bash. */
class World {
  readonly board = new TokenBoard();
  readonly pipe: string[] = [];
  readonly holds = new Map<number, { token: string; started: boolean }>();
  readonly fate = new Map<string, string>();
  /** Inquests that a timer will end. */
  readonly markers = new Set<string>();
  loops: number[] = [];
  #next = 1;
  #vanishedTooEarly: string[] = [];

  spawn(): void {
    this.loops.push(this.#next);
    this.board.loopCame(this.#next++);
  }
  send(): void {
    const t = this.board.take();
    this.pipe.push(t);
    this.fate.set(t, "out");
  }
  step(loop: number): void {
    const held = this.holds.get(loop);
    if (held === undefined) {
      const t = this.pipe.shift();
      if (t?.startsWith("?")) this.apply(this.board.marker(t, loop));
      else if (t !== undefined) this.holds.set(loop, { token: t, started: false });
    } else if (!held.started) {
      held.started = true;
      this.apply(this.board.started(held.token, loop, 1000));
    } else {
      this.holds.delete(loop);
      this.fate.set(held.token, "ended");
      this.apply(this.board.ended(held.token, loop).effects);
    }
  }
  kill(loop: number): void {
    this.loops = this.loops.filter((l) => l !== loop);
    const held = this.holds.get(loop);
    this.holds.delete(loop);
    if (held !== undefined) this.fate.set(held.token, held.started ? "killed" : "taken along");
    this.apply(this.board.loopDied(loop));
    this.spawn();
  }
  apply(effects: readonly TokenEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "sendMarker") this.pipe.push(effect.marker);
      if (effect.kind === "settleLater") this.markers.add(effect.marker);
      const gone = effect.kind === "vanished" && this.fate.get(effect.token) === "out";
      if (effect.kind === "vanished" && gone) this.#vanishedTooEarly.push(effect.token);
      if (effect.kind === "vanished" || effect.kind === "lost") this.fate.set(effect.token, effect.kind);
    }
  }
  get wrong(): readonly string[] {
    return this.#vanishedTooEarly;
  }
}

Deno.test("TokenBoard declares a token gone only when it is, and every one that is, whatever dies when", () => {
  const step = fc.record({ what: fc.constantFrom("send", "step", "step", "step", "step", "kill"), which: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const world = new World();
      for (let i = 0; i < 4; i++) world.spawn();
      for (const { what, which } of steps) {
        const loop = world.loops[which];
        if (what === "send") world.send();
        else if (loop !== undefined && what === "step") world.step(loop);
        else if (loop !== undefined) world.kill(loop);
      }
      for (let i = 0; i < 2000 && world.board.out > 0; i++) {
        const loop = world.loops[i % 4];
        if (loop !== undefined) world.step(loop);
      }
      for (const marker of world.markers) world.apply(world.board.settle(marker));
      assertEquals(world.wrong, []);
      assertEquals(world.board.out, 0);
      const open = [...world.fate].filter(([, fate]) => !["ended", "lost", "vanished"].includes(fate));
      assertEquals(open, []);
    }),
    { numRuns: 2000 },
  );
});
