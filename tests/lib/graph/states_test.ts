import { assertEquals, assertThrows } from "@std/assert";
import { NO_OPTIONS } from "../../../lib/apps/options.ts";
import { InternalError } from "../../../lib/errors/mod.ts";
import { isFinal, mayMove, type TaskState, TRANSITIONS } from "../../../lib/graph/states.ts";
import { Task } from "../../../lib/graph/task.ts";
import { openBench } from "./fake_executor.ts";

/** `Record` makes a state that is missing here fail to compile. */
const EXPECTED: Readonly<Record<TaskState, string>> = {
  pending: "ready dependencyFailed cancelled failed",
  ready: "launched joining memoized done failed dependencyFailed cancelled pending",
  launched: "running done failed cancelled pending",
  running: "done failed cancelled pending",
  joining: "done failed cancelled pending",
  done: "",
  memoized: "",
  failed: "",
  dependencyFailed: "",
  cancelled: "",
};
const STATES = Object.keys(EXPECTED) as TaskState[];

Deno.test("TRANSITIONS knows every state", () => {
  assertEquals(Object.keys(TRANSITIONS).sort(), [...STATES].sort());
});

Deno.test("Task.move allows exactly the moves of the table, from every state to every state", () => {
  using bench = openBench();
  const spec = { name: "one", work: { kind: "derive", derive: () => 1 }, options: NO_OPTIONS } as const;
  for (const from of STATES) {
    for (const to of STATES) {
      const legal = EXPECTED[from].split(" ").includes(to);
      assertEquals(mayMove(from, to), legal, `${from} to ${to}`);
      const task = new Task(7, spec, bench.kernel, []);
      task.state = from;
      if (legal) task.move(to);
      else assertThrows(() => task.move(to), InternalError, `Cannot move task t7 from ${from} to ${to}`);
      assertEquals(task.state, legal ? to : from);
    }
  }
});

Deno.test("isFinal() is true of exactly the states that nothing follows", () => {
  assertEquals(STATES.filter(isFinal), ["done", "memoized", "failed", "dependencyFailed", "cancelled"]);
});

Deno.test("TRANSITIONS leads from every state to an end", () => {
  for (const state of STATES) {
    const reached = new Set<TaskState>([state]);
    // A Set visits what is added while it is walked.
    for (const at of reached) for (const next of TRANSITIONS[at]) reached.add(next);
    assertEquals([...reached].some(isFinal), true, state);
  }
});
