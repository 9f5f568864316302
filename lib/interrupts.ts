import { systemClock } from "./clock.ts";

/** Signals that end a script, and the exit status a shell gives for each. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Ending = keyof typeof SIGNALS;

const handlers = new Set<(signal: Deno.Signal) => Promise<void>>();
const listeners = new Map<Ending, () => void>();
let ending = false;
/** What has not given back what it holds after this long, in milliseconds, never will. */
const LONGEST_END = 60_000;

/** Ends the script after every open workflow has given back what it holds; a second signal does not wait. */
async function end(signal: Ending): Promise<void> {
  if (ending) Deno.exit(SIGNALS[signal]);
  ending = true;
  // Tasks that are cancelled reject where the script awaits them. Deno would print that and end at once, with another
  // exit status and with everything that is just being stopped left running.
  globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
  Deno.exitCode = SIGNALS[signal];
  const stayAlive = systemClock.after(LONGEST_END, () => Deno.exit(SIGNALS[signal]));
  await Promise.allSettled([...handlers].map((handler) => handler(signal)));
  stayAlive();
  Deno.exit(SIGNALS[signal]);
}

/** Listens to the signals that end a script while a workflow is open. */
export class Interrupts {
  readonly #handler: (signal: Deno.Signal) => Promise<void>;

  constructor(handler: (signal: Deno.Signal) => Promise<void>) {
    this.#handler = handler;
    handlers.add(handler);
    if (listeners.size > 0) return;
    for (const signal of Object.keys(SIGNALS) as Ending[]) {
      const listener = (): void => void end(signal);
      listeners.set(signal, listener);
      Deno.addSignalListener(signal, listener);
    }
  }

  /** The workflow is closed. */
  stop(): void {
    handlers.delete(this.#handler);
    if (handlers.size > 0) return;
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
    listeners.clear();
  }
}
