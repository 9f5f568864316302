/** A reply of `bare_worker.ts`. */
interface Reply {
  readonly id: number;
  readonly value: number;
}

interface Member {
  readonly worker: Worker;
  out: number;
}

/** The least a pool of workers can be: one message there and one back for each call, and a promise for each. */
export class BarePool {
  readonly #members: Member[];
  readonly #depth: number;
  readonly #calls: (((value: number) => void) | undefined)[] = [];
  readonly #inputs: number[] = [];
  #sent = 0;

  /** `depth` is how many calls a worker is sent before it has answered. */
  constructor(workers: number, depth: number) {
    this.#depth = depth;
    this.#members = Array.from({ length: workers }, () => {
      const url = new URL("./bare_worker.ts", import.meta.url);
      const member: Member = { worker: new Worker(url, { type: "module" }), out: 0 };
      member.worker.onmessage = (event: MessageEvent<Reply>) => this.#reply(member, event.data);
      return member;
    });
  }

  /** Calls the function of the worker. */
  call(x: number): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#calls.push(resolve);
    this.#inputs.push(x);
    const least = this.#members.reduce((a, b) => b.out < a.out ? b : a);
    this.#feed(least);
    return promise;
  }

  #feed(member: Member): void {
    while (member.out < this.#depth && this.#sent < this.#calls.length) {
      const id = this.#sent++;
      member.out++;
      member.worker.postMessage({ id, x: this.#inputs[id] });
    }
  }

  #reply(member: Member, { id, value }: Reply): void {
    member.out--;
    this.#calls[id]?.(value);
    this.#calls[id] = undefined;
    this.#feed(member);
  }

  /** Ends the workers. */
  close(): void {
    for (const { worker } of this.#members) worker.terminate();
  }
}
