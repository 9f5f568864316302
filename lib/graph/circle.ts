import { findLeaves } from "../apps/arguments.ts";
import { taskOf } from "./future.ts";
import { Task } from "./task.ts";

/** Tasks that are looked at before the search is given up: joins of joins wait for a whole graph. */
const MOST = 1000;

/**
 * The way from a join task back to itself, through the tasks it is about to wait for, or undefined when there is none:
 * `[t3, t7, t3]`. Tasks cannot wait in a circle, except for one that a join body closes.
 */
export function circleOf(
  join: Task,
  inner: readonly Task[],
  joined: ReadonlyMap<Task, readonly Task[]>,
): Task[] | undefined {
  const cameFrom = new Map<Task, Task>();
  const open: Task[] = [];
  function reach(tasks: readonly Task[], from: Task): void {
    for (const task of tasks) {
      if (task.over || cameFrom.has(task)) continue;
      cameFrom.set(task, from);
      open.push(task);
    }
  }
  reach(inner, join);
  for (let task = open.pop(); task !== undefined && cameFrom.size < MOST; task = open.pop()) {
    if (task === join) return wayTo(join, cameFrom);
    reach(joined.get(task) ?? needs(task), task);
  }
  return undefined;
}

function needs(task: Task): Task[] {
  if (task.state !== "pending") return [];
  // A member of a value needs the task itself, not a future of it.
  if (task.spec.work.kind === "derive") return task.args.filter((arg) => arg instanceof Task);
  return [...findLeaves(task.args).futures, ...findLeaves(task.spec.options.inputs).futures].map(taskOf);
}

function wayTo(join: Task, cameFrom: ReadonlyMap<Task, Task>): Task[] {
  const way = [join];
  for (let task = cameFrom.get(join); task !== undefined && task !== join; task = cameFrom.get(task)) way.push(task);
  return [...way, join].reverse();
}
