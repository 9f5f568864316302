import { current } from "../current.ts";
import { ConfigError } from "../errors/mod.ts";
import { TaskFuture } from "../graph/future.ts";
import { findLeaves } from "./arguments.ts";
import { type AppOptions, nameIn, NO_OPTIONS, readOptions, type TaskOptions } from "./options.ts";
import { nameAtCallSite } from "./ship/name_at.ts";
import type { AppSpec } from "./spec.ts";
import type { AnyArgs, App, Joined } from "./types.ts";

/**
 * Makes an app whose body calls other apps and returns their futures: one, or an array or object of them. The task is
 * done when those are. The body runs in the script itself, so it may use whatever the script has.
 *
 * @example As many tasks as an earlier result says
 * ```ts
 * import { app, join } from "./mod.ts";
 *
 * const square = app((x: number) => x * x);
 * const squares = join((n: number) => Array.from({ length: n }, (_, i) => square(i)));
 * if ((await squares(3)).join() !== "0,1,4") throw new Error("wrong");
 * ```
 */
export function join<A extends AnyArgs, R>(
  body: (...args: A) => R,
  options: AppOptions = {},
): App<A, Joined<Awaited<R>>> {
  if (typeof body !== "function") throw new TypeError("Cannot make a join app: give it a function");
  const name = nameIn(options) ?? (body.name || nameAtCallSite() || "join");
  return made(body, readOptions(options, NO_OPTIONS, name), name);
}

function made<A extends AnyArgs, R>(
  body: (...args: A) => unknown,
  options: TaskOptions,
  defaultName: string,
): App<A, R> {
  const name = options.name ?? defaultName;
  refuseWorkerOptions(options, name);
  // The graph calls the body with what the app was called with.
  const spec: AppSpec = { name, work: { kind: "join", body: body as (...args: never[]) => unknown }, options };
  function call(...args: AnyArgs): TaskFuture<R> {
    const { futures, files } = findLeaves(args);
    return new TaskFuture<R>(
      current().submit(spec, args, futures.length === 0 ? undefined : futures, files.length === 0 ? undefined : files),
    );
  }
  return Object.assign(call as App<A, R>, {
    with: (more: AppOptions) => made<A, R>(body, readOptions(more, options, name), name),
    appName: name,
  });
}

/** The body of a join runs in the script itself: what only a task on a worker can have is refused. */
function refuseWorkerOptions(options: TaskOptions, name: string): void {
  for (const key of ["stdout", "stderr", "env", "cwd", "walltime", "permissions"] as const) {
    if (options[key] === undefined) continue;
    throw new ConfigError(
      `Cannot use option "${key}" of app "${name}": a join app has it not, as its body runs in the script`,
      { path: [key] },
      { hint: "give it to the apps that the body calls" },
    );
  }
}
