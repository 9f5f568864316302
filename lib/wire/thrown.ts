/** What a function threw, as plain data that survives any wire. */
export type Thrown =
  | {
    readonly kind: "error";
    readonly name: string;
    readonly message: string;
    readonly stack: string | undefined;
    readonly cause: Thrown | undefined;
    readonly errors: readonly Thrown[] | undefined;
    readonly members: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "value"; readonly value: unknown };

/** How many causes are followed: a cycle must not hang the worker. */
const DEEPEST = 16;

/** Members that are described in their own right, also when somebody assigned them and made them enumerable. */
const DESCRIBED = new Set(["name", "message", "stack", "cause", "errors"]);

/** Describes what was thrown; members that cannot travel are left out. */
export function describeThrown(thrown: unknown, sendable: (value: unknown) => boolean, depth = 0): Thrown {
  if (!Error.isError(thrown)) return { kind: "value", value: sendable(thrown) ? thrown : String(thrown) };
  const error: Error & { readonly errors?: unknown } = thrown;
  const members: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(error)) {
    if (!DESCRIBED.has(key) && sendable(value)) members[key] = value;
  }
  const deeper = depth < DEEPEST;
  return {
    kind: "error",
    name: String(error.name),
    message: String(error.message),
    stack: typeof error.stack === "string" ? error.stack : undefined,
    cause: error.cause === undefined || !deeper ? undefined : describeThrown(error.cause, sendable, depth + 1),
    errors: Array.isArray(error.errors) && deeper
      ? error.errors.map((e) => describeThrown(e, sendable, depth + 1))
      : undefined,
    members,
  };
}

const BUILT_IN: Readonly<Record<string, new (message?: string) => Error>> = {
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};

/** Makes an error again of its description: of the same class where that is a built-in one. */
export function reviveThrown(thrown: Thrown): unknown {
  if (thrown.kind === "value") return thrown.value;
  const Class = BUILT_IN[thrown.name] ?? Error;
  const limit = Error.stackTraceLimit;
  // Its own stack replaces the one of this place.
  Error.stackTraceLimit = 0;
  const error = thrown.errors === undefined
    ? new Class(thrown.message)
    : new AggregateError(thrown.errors.map(reviveThrown), thrown.message);
  Error.stackTraceLimit = limit;
  if (error.name !== thrown.name) Object.defineProperty(error, "name", { value: thrown.name, configurable: true });
  if (thrown.cause !== undefined) {
    Object.defineProperty(error, "cause", { value: reviveThrown(thrown.cause), configurable: true, writable: true });
  }
  Object.assign(error, thrown.members);
  if (thrown.stack !== undefined) {
    Object.defineProperty(error, "stack", { value: thrown.stack, configurable: true, writable: true });
  }
  return error;
}
