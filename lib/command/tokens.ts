import { InternalError } from "../errors/base.ts";

/** What is to be done after something happened to the tokens. */
export type TokenEffect =
  /** Send a marker: some loop died, and tokens may have died with it before they were told to have started. */
  | { readonly kind: "sendMarker"; readonly marker: string }
  /** Call `settle` for the marker after a while. */
  | { readonly kind: "settleLater"; readonly marker: string }
  /** A loop that is gone may have started a script and not told: it must be killed. */
  | { readonly kind: "killOrphans" }
  /** The token's script was running in a loop that is gone. */
  | { readonly kind: "lost"; readonly token: string }
  /** The token went with a loop that is gone: whether its script had started nobody knows. */
  | { readonly kind: "vanished"; readonly token: string }
  /** A script has started under a token that was given up: it must be killed. */
  | { readonly kind: "stray"; readonly pid: number };

type TokenState = { readonly kind: "sent" } | { readonly kind: "started"; readonly loop: number };

/** What may have gone with one dead loop. */
interface Inquest {
  /** Tokens that may have. */
  readonly candidates: Set<string>;
  /** Loops that may be about to start one of them; undefined until the marker was read. */
  suspects: Set<number> | undefined;
  /** Markers that may still be sent. */
  markers: number;
}

/**
 * Which token is where: in the pipe or in a loop, and which of them a dead loop took with it.
 *
 * A loop that dies between reading a token and telling that its script has started takes the token along without a
 * word. To find out, a marker is sent after it: once a loop has read the marker, every token sent before is out of the
 * pipe, so one that has not started is with a living loop that is about to tell, or gone. Each loop works in order, so
 * the next word of such a loop clears it; when all are cleared, what has not started is gone.
 */
export class TokenBoard {
  readonly #tokens = new Map<string, TokenState>();
  /** Living loops, and what each runs. */
  readonly #loops = new Map<number, string | undefined>();
  /** Tokens given up: their script may still come to life, or their end be told. */
  readonly #retired = new Set<string>();
  readonly #free: string[] = [];
  #made = 0;
  readonly #inquests = new Map<string, Inquest>();
  #deaths = 0;

  /** A token that names no script now; when there is no other, the one given up longest ago. */
  take(): string {
    const token = this.#free.pop() ?? (this.#made < NAMES ? tokenName(this.#made++) : this.#oldest());
    this.#retired.delete(token);
    this.#tokens.set(token, { kind: "sent" });
    return token;
  }

  /** Tokens whose script has been sent and has not ended. */
  get out(): number {
    return this.#tokens.size;
  }
  /** Scripts that run in a living loop. */
  get running(): number {
    let n = 0;
    for (const token of this.#loops.values()) if (token !== undefined) n++;
    return n;
  }
  /** Whether every living loop runs a script, so that a token that has not started is in the pipe. */
  get full(): boolean {
    return this.#loops.size > 0 && this.running === this.#loops.size;
  }
  /** The tokens that were sent and have not started, oldest first. */
  get unstarted(): readonly string[] {
    return [...this.#tokens].filter(([, state]) => state.kind === "sent").map(([token]) => token);
  }
  /** The tokens that idle loops may have taken when nothing more is heard: they take the oldest first. */
  get atRisk(): readonly string[] {
    return this.unstarted.slice(0, this.#loops.size - this.running);
  }

  /** A loop is there. */
  loopCame(loop: number): void {
    if (!this.#loops.has(loop)) this.#loops.set(loop, undefined);
  }

  /** A loop is gone. */
  loopDied(loop: number): TokenEffect[] {
    const ran = this.#loops.get(loop);
    this.#loops.delete(loop);
    if (ran !== undefined) {
      this.retire(ran);
      return [{ kind: "lost", token: ran }, ...this.#heard(loop)];
    }
    const effects: TokenEffect[] = [{ kind: "killOrphans" }];
    const missing = this.unstarted;
    if (missing.length > 0) {
      // It may have had the marker of an earlier inquest: this one asks after the same tokens and more.
      for (const [marker, { suspects }] of this.#inquests) if (suspects === undefined) this.#inquests.delete(marker);
      const marker = `?${LETTERS[this.#deaths++ % LETTERS.length]}`;
      this.#inquests.set(marker, { candidates: new Set(missing), suspects: undefined, markers: MARKERS });
      effects.push({ kind: "sendMarker", marker });
    }
    return [...effects, ...this.#heard(loop)];
  }

  /** A loop has read a marker. */
  marker(marker: string, loop: number): TokenEffect[] {
    const inquest = this.#inquests.get(marker);
    if (inquest === undefined) return this.#heard(loop);
    const effects: TokenEffect[] = [];
    if (inquest.suspects === undefined) {
      inquest.suspects = new Set([...this.#loops].filter(([, token]) => token === undefined).map(([l]) => l));
      effects.push({ kind: "settleLater", marker });
    }
    effects.push(...this.#heard(loop));
    // A loop that waits for work says nothing: it gets another marker to speak about.
    if (this.#inquests.has(marker) && inquest.markers-- > 0) effects.push({ kind: "sendMarker", marker });
    return effects;
  }

  /** A script has started. */
  started(token: string, loop: number, pid: number): TokenEffect[] {
    if (this.#tokens.get(token)?.kind !== "sent") return [{ kind: "stray", pid }, ...this.#heard(loop)];
    this.#tokens.set(token, { kind: "started", loop });
    if (this.#loops.has(loop)) this.#loops.set(loop, token);
    this.#acquit(token);
    return this.#heard(loop);
  }

  /** A loop tells the end of a script; not known when the token was given up before. */
  ended(token: string, loop: number): { readonly known: boolean; readonly effects: TokenEffect[] } {
    const known = this.#tokens.delete(token);
    if (known || this.#retired.delete(token)) this.#free.push(token);
    this.#acquit(token);
    if (this.#loops.has(loop)) this.#loops.set(loop, undefined);
    return { known, effects: this.#heard(loop) };
  }

  /** Gives up a token: its end is of no interest any more, but it is not free until it is told. */
  retire(token: string): void {
    this.#tokens.delete(token);
    this.#retired.add(token);
    this.#acquit(token);
  }

  /** Long enough has passed since the marker was read: what has not started by now is gone. */
  settle(marker: string): TokenEffect[] {
    const candidates = [...this.#inquests.get(marker)?.candidates ?? []];
    this.#inquests.delete(marker);
    return candidates.map((token) => {
      this.retire(token);
      return { kind: "vanished", token };
    });
  }

  #acquit(token: string): void {
    for (const { candidates } of this.#inquests.values()) candidates.delete(token);
  }

  /** The loop has spoken or is gone: it holds no token that was out of the pipe before. */
  #heard(loop: number): TokenEffect[] {
    const effects: TokenEffect[] = [];
    for (const [marker, inquest] of [...this.#inquests]) {
      inquest.suspects?.delete(loop);
      if (inquest.candidates.size === 0 || inquest.suspects?.size === 0) effects.push(...this.settle(marker));
    }
    return effects;
  }

  #oldest(): string {
    const [token] = this.#retired;
    if (token === undefined) throw new InternalError(`Cannot send a script to a shell: ${NAMES} are on their way`);
    return token;
  }
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const NAMES = LETTERS.length ** 2;
/** Enough that each of many idle loops gets one. */
const MARKERS = 200;

function tokenName(n: number): string {
  return `${LETTERS[Math.floor(n / LETTERS.length) % LETTERS.length]}${LETTERS[n % LETTERS.length]}`;
}
