import { InternalError } from "../errors/base.ts";

/** What is to be done after something happened to the tokens. */
export type TokenEffect =
  /** Send the marker this often: some loop died, and tokens may have died with it before they started. */
  | { readonly kind: "sendMarkers"; readonly count: number }
  /** If `settle` is not called off by a `settled`, call it after a while. */
  | { readonly kind: "settleLater" }
  /** A loop that is gone may have started a script and not told: it must be killed. */
  | { readonly kind: "killOrphans" }
  /** The token's script was running in a loop that is gone. */
  | { readonly kind: "lost"; readonly token: string }
  /** The token went with a loop that is gone: whether its script had started nobody knows. */
  | { readonly kind: "vanished"; readonly token: string }
  /** A script has started under a token that was given up: it must be killed. */
  | { readonly kind: "stray"; readonly pid: number };

type TokenState =
  | { readonly kind: "sent" }
  | { readonly kind: "started"; readonly loop: number; readonly pid: number };

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
  #inquest: Inquest | undefined;
  /** Markers on their way that were sent for an earlier death. */
  #staleMarkers = 0;

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
    for (const token of this.#loops.values()) if (token === undefined) return false;
    return this.#loops.size > 0;
  }
  /** The loops that live. */
  get loops(): readonly number[] {
    return [...this.#loops.keys()];
  }
  /** The tokens that were sent and have not started. */
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
      return [{ kind: "lost", token: ran }, ...this.#cleared(loop)];
    }
    const missing = this.unstarted;
    if (missing.length === 0) return this.#cleared(loop);
    // The candidates of an inquest under way are candidates of this one too.
    this.#staleMarkers += this.#inquest?.markers ?? 0;
    const markers = this.#loops.size + 1;
    this.#inquest = { candidates: new Set(missing), suspects: undefined, markers };
    return [{ kind: "killOrphans" }, { kind: "sendMarkers", count: markers }, { kind: "settleLater" }];
  }

  /** A loop has read the marker. */
  marker(loop: number): TokenEffect[] {
    if (this.#staleMarkers > 0) {
      this.#staleMarkers--;
      return this.#cleared(loop);
    }
    const inquest = this.#inquest;
    if (inquest === undefined) return [];
    inquest.markers--;
    inquest.suspects ??= new Set([...this.#loops].filter(([, token]) => token === undefined).map(([l]) => l));
    return this.#cleared(loop);
  }

  /** A script has started. */
  started(token: string, loop: number, pid: number): TokenEffect[] {
    if (this.#retired.has(token) || this.#tokens.get(token)?.kind !== "sent") return [{ kind: "stray", pid }];
    this.#tokens.set(token, { kind: "started", loop, pid });
    this.#inquest?.candidates.delete(token);
    this.#loops.set(loop, token);
    return this.#cleared(loop);
  }

  /** A loop tells the end of a script; false when the token was given up before. */
  ended(token: string, loop: number): { readonly known: boolean; readonly effects: TokenEffect[] } {
    const known = this.#tokens.delete(token);
    this.#retired.delete(token);
    this.#free.push(token);
    this.#inquest?.candidates.delete(token);
    if (this.#loops.has(loop)) this.#loops.set(loop, undefined);
    return { known, effects: this.#cleared(loop) };
  }

  /** Gives up a token: its end is of no interest any more, but it is not free until it is told. */
  retire(token: string): void {
    this.#tokens.delete(token);
    this.#retired.add(token);
    this.#inquest?.candidates.delete(token);
  }

  /** Whether a loop died and it is not known yet what went with it. */
  get unsettled(): boolean {
    return this.#inquest !== undefined;
  }

  /** Long enough has passed since a loop died: what has not started by now went with it. */
  settle(): TokenEffect[] {
    const candidates = [...this.#inquest?.candidates ?? []];
    this.#staleMarkers += this.#inquest?.markers ?? 0;
    this.#inquest = undefined;
    return candidates.map((token) => {
      this.retire(token);
      return { kind: "vanished", token };
    });
  }

  #cleared(loop: number): TokenEffect[] {
    const inquest = this.#inquest;
    if (inquest === undefined) return [];
    inquest.suspects?.delete(loop);
    return inquest.candidates.size === 0 || inquest.suspects?.size === 0 ? this.settle() : [];
  }

  #oldest(): string {
    const [token] = this.#retired;
    if (token === undefined) throw new InternalError(`Cannot send a script to a shell: ${NAMES} are on their way`);
    return token;
  }
}

interface Inquest {
  /** Tokens that may have gone with the loop. */
  readonly candidates: Set<string>;
  /** Loops that may be about to start one; undefined until the marker was read. */
  suspects: Set<number> | undefined;
  /** Markers on their way. */
  markers: number;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const NAMES = LETTERS.length ** 2;

function tokenName(n: number): string {
  return `${LETTERS[Math.floor(n / LETTERS.length) % LETTERS.length]}${LETTERS[n % LETTERS.length]}`;
}
