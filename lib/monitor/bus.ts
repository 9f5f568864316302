import type { Clock } from "../clock.ts";
import { EventStream } from "./event_stream.ts";
import type { EventBody, EventKind, WorkflowEvent } from "./events.ts";

/** Takes the events of a run, one at a time and in order. */
export type EventSink = (event: WorkflowEvent) => void;

/** How a stream of events behaves. */
export interface StreamOptions {
  /** Ends the stream: the next read rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How many unread events are kept; 10,000 when not given. */
  readonly buffer?: number | undefined;
  /** Only these kinds; all when not given. */
  readonly kinds?: readonly EventKind[] | undefined;
}

interface Subscription {
  readonly sink: EventSink;
  readonly kinds: ReadonlySet<EventKind> | undefined;
  told: boolean;
}

/** Hands the events of one run to whoever listens, and costs nothing while nobody does. */
export class EventBus {
  /** The run: `0007`. */
  readonly run: string;
  readonly #clock: Clock;
  readonly #later: WorkflowEvent[] = [];
  readonly #streams = new Set<EventStream>();
  #subscriptions: readonly Subscription[] = [];
  #wanted: ReadonlySet<EventKind> = new Set();
  #wantsAll = false;
  #delivering = false;
  #closed = false;
  #seq = 0;

  /** Makes the bus of a run; `clock` stamps the events. */
  constructor(run: string, clock: Clock) {
    this.run = run;
    this.#clock = clock;
  }

  /** Whether anybody listens at all. */
  get active(): boolean {
    return this.#subscriptions.length > 0;
  }

  /** Whether anybody listens to a kind: asked before an event of it is built. */
  wants(kind: EventKind): boolean {
    return this.#wantsAll || this.#wanted.has(kind);
  }

  /** Gives an event its head and hands it to everyone who wants its kind; never throws. */
  emit(body: EventBody): void {
    if (!this.wants(body.kind)) return;
    const event: WorkflowEvent = { v: 1, seq: ++this.#seq, at: this.#clock.now(), run: this.run, ...body };
    // What a sink emits waits until everybody has the event before it, so that all see one order.
    if (this.#delivering) {
      this.#later.push(event);
      return;
    }
    this.#delivering = true;
    this.#deliver(event);
    for (let next = this.#later.shift(); next !== undefined; next = this.#later.shift()) this.#deliver(next);
    this.#delivering = false;
  }

  /** Calls the sink for every event of these kinds, or of all; the returned function ends that. */
  subscribe(sink: EventSink, kinds?: readonly EventKind[]): () => void {
    if (this.#closed) return () => {};
    const subscription = { sink, kinds: kinds === undefined ? undefined : new Set(kinds), told: false };
    this.#set([...this.#subscriptions, subscription]);
    return () => this.#set(this.#subscriptions.filter((s) => s !== subscription));
  }

  /**
   * The events from now on, for `for await`. A reader that falls behind by more than the buffer loses the oldest and
   * reads a `Warning` that says how many in their place. It ends when the workflow closes.
   */
  stream(options: StreamOptions = {}): AsyncIterableIterator<WorkflowEvent> {
    const stream = new EventStream(options.buffer ?? 10_000, options.signal, () => {
      unsubscribe();
      this.#streams.delete(stream);
    });
    const unsubscribe = this.subscribe((event) => stream.push(event), options.kinds);
    this.#streams.add(stream);
    if (this.#closed) stream.end();
    if (options.signal?.aborted === true) stream.fail(options.signal.reason);
    return stream;
  }

  /** Ends all streams once they have been read and forgets all sinks. */
  close(): void {
    this.#closed = true;
    for (const stream of [...this.#streams]) stream.end();
    this.#set([]);
  }

  #set(subscriptions: readonly Subscription[]): void {
    this.#subscriptions = subscriptions;
    this.#wantsAll = subscriptions.some((s) => s.kinds === undefined);
    this.#wanted = new Set(subscriptions.flatMap((s) => [...s.kinds ?? []]));
  }

  #deliver(event: WorkflowEvent): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.kinds !== undefined && !subscription.kinds.has(event.kind)) continue;
      try {
        const returned: unknown = subscription.sink(event);
        // An async function is a sink too as far as types go; its rejection would end the script.
        if (returned instanceof Promise) returned.catch((error) => this.#tell(subscription, event, error));
      } catch (error) {
        this.#tell(subscription, event, error);
      }
    }
  }

  #tell(subscription: Subscription, event: WorkflowEvent, error: unknown): void {
    if (subscription.told) return;
    subscription.told = true;
    const why = error instanceof Error ? error.message : String(error);
    this.emit({
      kind: "Warning",
      message: `Cannot hand ${event.kind} to a listener of wf.events: it threw: ${why} (told once for each listener)`,
    });
  }
}
