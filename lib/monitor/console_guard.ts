/** The functions of the script's console that write. */
const WRITERS = [
  "assert",
  "count",
  "debug",
  "dir",
  "dirxml",
  "error",
  "group",
  "groupCollapsed",
  "info",
  "log",
  "table",
  "timeEnd",
  "timeLog",
  "trace",
  "warn",
] as const;

/**
 * Calls `before` and `after` around whatever the script prints through its console, so that a live region can give
 * way. What is printed is untouched. The returned function takes the guard away, unless somebody guards on top of it.
 */
export function guardConsole(before: () => void, after: () => void): () => void {
  const host = globalThis.console;
  let depth = 0;
  let on = true;
  const undo = WRITERS.map((name) => {
    const original = host[name];
    // The functions differ in what they take, and all of it is passed on as it came.
    function guarded(this: unknown, ...args: unknown[]): unknown {
      if (on && depth++ === 0) before();
      try {
        return Reflect.apply(original, this, args);
      } finally {
        if (on && --depth === 0) after();
      }
    }
    Reflect.set(host, name, guarded);
    return () => host[name] === guarded && Reflect.set(host, name, original);
  });
  return () => {
    on = false;
    for (const step of undo) step();
  };
}
