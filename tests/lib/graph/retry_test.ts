import { assert, assertAlmostEquals, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import {
  CancelledError,
  ConfigError,
  DependencyError,
  MissingOutputsError,
  PermissionError,
  RemoteError,
  ResultError,
  SerializationError,
  WorkerLostError,
} from "../../../lib/errors/mod.ts";
import { type Backoff, decideRetry, type RetryRules } from "../../../lib/graph/retry.ts";

const PLACE = { task: "t1", app: "one", try: 1, tries: 2 };
const REMOTE = new RemoteError(PLACE, new Error("no luck"));

function info(tried = 1): { task: string; app: string; try: number } {
  return { task: "t1", app: "one", try: tried };
}
function rules(rest: Partial<RetryRules> = {}): RetryRules {
  return { retries: 1, handler: undefined, backoff: undefined, ...rest };
}

Deno.test("decideRetry() tries again while the failures before and this one cost no more than retries", () => {
  assertEquals(decideRetry(rules(), REMOTE, info(), 0, 0), { kind: "retry", cost: 1, delayMs: 0 });
  assertEquals(decideRetry(rules(), REMOTE, info(2), 1, 0), { kind: "fail", error: REMOTE });
  assertEquals(decideRetry(rules({ retries: 0 }), REMOTE, info(), 0, 0), { kind: "fail", error: REMOTE });
  assertEquals(decideRetry(rules({ retries: 3 }), REMOTE, info(3), 2, 0).kind, "retry");
});

Deno.test("decideRetry() without a handler only tries again what may go away", () => {
  const lost = new WorkerLostError("threads", "task t1", "it died", { worker: "w1" });
  for (const error of [REMOTE, lost, new MissingOutputsError(PLACE, ["a"]), new Error("unknown"), "a text"]) {
    assertEquals(decideRetry(rules(), error, info(), 0, 0).kind, "retry", String(error));
  }
  const stays = [
    new ConfigError("Cannot use it"),
    new SerializationError("Cannot send it", "argument 1"),
    new ResultError(PLACE, "its result does not fit"),
    new PermissionError("start bash", "--allow-run=bash"),
  ];
  for (const error of stays) assertEquals(decideRetry(rules(), error, info(), 0, 0), { kind: "fail", error });
});

Deno.test("decideRetry() never tries again what was cancelled or could not run, and asks no handler", () => {
  const link = { shortId: "t1", name: "one", error: new Error("root") };
  for (const error of [new CancelledError("task t1", "user"), new DependencyError(link, link, 0)]) {
    const handler = (): number => {
      throw new Error("it was asked");
    };
    assertEquals(decideRetry(rules({ handler, retries: 9 }), error, info(), 0, 0), { kind: "fail", error });
  }
});

Deno.test("decideRetry() takes the cost from the handler, also for what would not be tried again without one", () => {
  const asked: unknown[] = [];
  const handler = (error: unknown, about: unknown): number => {
    asked.push([error, about]);
    return 0.5;
  };
  const error = new ConfigError("Cannot use it");
  assertEquals(decideRetry(rules({ handler }), error, info(4), 0.5, 0), { kind: "retry", cost: 0.5, delayMs: 0 });
  assertEquals(decideRetry(rules({ handler }), error, info(4), 0.6, 0).kind, "fail");
  assertEquals(asked[0], [error, info(4)]);
});

Deno.test("decideRetry() goes on for free at cost 0 and gives up at cost Infinity", () => {
  assertEquals(decideRetry(rules({ retries: 0, handler: () => 0 }), REMOTE, info(99), 0, 0).kind, "retry");
  assertEquals(decideRetry(rules({ retries: 99, handler: () => Infinity }), REMOTE, info(), 0, 0).kind, "fail");
});

Deno.test("decideRetry() fails with what the handler threw", () => {
  const thrown = new RangeError("the handler has a bug");
  const handler = (): number => {
    throw thrown;
  };
  assertEquals(decideRetry(rules({ handler }), REMOTE, info(), 0, 0), { kind: "fail", error: thrown });
});

Deno.test("decideRetry() says when a handler returned no number", () => {
  for (const returned of [NaN, undefined, "1", null, {}]) {
    // What JavaScript callers may do.
    const handler = (() => returned) as unknown as () => number;
    const decision = decideRetry(rules({ handler }), REMOTE, info(), 0, 0);
    assert(decision.kind === "fail");
    assertInstanceOf(decision.error, TypeError);
    assertStringIncludes(decision.error.message, "Cannot use what retryHandler returned");
    assertStringIncludes(decision.error.message, Deno.inspect(returned));
  }
});

function delay(backoff: Backoff, tried: number, chance: number): number {
  const decision = decideRetry(rules({ retries: 1e9, backoff }), REMOTE, info(tried), 0, chance);
  assert(decision.kind === "retry");
  return decision.delayMs;
}

Deno.test("decideRetry() waits longer after each try, up to the longest, less its share of chance", () => {
  const backoff = { initial: 2, factor: 3, max: 20, jitter: 0 };
  assertEquals([1, 2, 3, 4, 99].map((tried) => delay(backoff, tried, 1)), [2000, 6000, 18_000, 20_000, 20_000]);
  assertEquals(delay({ ...backoff, jitter: 0.5 }, 1, 1), 1000);
  assertEquals(delay({ ...backoff, jitter: 0.5 }, 1, 0), 2000);
  assertEquals(delay({ ...backoff, jitter: 1 }, 1, 1), 0);
  assertEquals(delay({ ...backoff, initial: 0 }, 5, 0.3), 0);
});

Deno.test("decideRetry() never waits longer than max, less than 0 or less than jitter allows", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const some = fc.double({ min: 0, max: 1e4, noNaN: true });
  const factor = fc.double({ min: 1, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      some,
      factor,
      some,
      share,
      share,
      fc.integer({ min: 1, max: 1000 }),
      (initial, f, max, jitter, chance, n) => {
        const backoff = { initial, factor: f, max, jitter };
        const ms = delay(backoff, n, chance);
        const full = delay({ ...backoff, jitter: 0 }, n, chance);
        assert(ms >= 0 && ms <= 1000 * max);
        assert(delay(backoff, n + 1, chance) >= ms);
        assertAlmostEquals(ms, full * (1 - jitter * chance), 1e-6 * (1 + full));
      },
    ),
  );
});
