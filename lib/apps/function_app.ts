import { current } from "../current.ts";
import { ConfigError } from "../errors/mod.ts";
import type { Code } from "../executor.ts";
import { TaskFuture } from "../graph/future.ts";
import { type AppOptions, nameIn, NO_OPTIONS, readOptions, type TaskOptions } from "./options.ts";
import { shipFunction } from "./ship/function_source.ts";
import { nameAtCallSite } from "./ship/name_at.ts";
import { prepareArguments } from "./ship/sendable.ts";
import { type AppSpec, checkBy, expectSchema, type Schema } from "./spec.ts";
import type { AnyArgs, App } from "./types.ts";

/** Schemas that the arguments are checked by at the call, and the result when it comes. */
export interface AppSchemas<A extends readonly unknown[], R> {
  /** Schema of the list of arguments: `z.tuple([z.number()])`. */
  readonly args?: Schema<A>;
  /** Schema of the result. */
  readonly returns?: Schema<R>;
}

let lastCode = 0;

/**
 * Makes an app of a function. The function travels to its worker as text, so it may use its parameters, its own locals
 * and globals, and nothing else; a free variable is an error here, at once.
 *
 * @example A future is an argument like any other
 * ```ts
 * import { app } from "./mod.ts";
 *
 * const square = app((x: number) => x * x);
 * const add = app((a: number, b: number) => a + b);
 * if (await add(square(3), square(4)) !== 25) throw new Error("wrong sum");
 * ```
 *
 * @throws {TypeError} The function uses a variable from outside of it.
 */
export function app<A extends AnyArgs, R>(fn: (...args: A) => R, options?: AppOptions): App<A, Awaited<R>>;
/** Makes an app of a function whose arguments are checked by a schema. */
export function app<A extends readonly unknown[], R>(
  schemas: AppSchemas<A, never> & { readonly returns?: undefined },
  fn: (...args: A) => R,
  options?: AppOptions,
): App<A, Awaited<R>>;
/** Makes an app of a function whose arguments and result are checked by schemas. */
export function app<A extends readonly unknown[], R>(
  schemas: AppSchemas<A, R>,
  fn: (...args: A) => NoInfer<R> | Promise<NoInfer<R>>,
  options?: AppOptions,
): App<A, R>;
/** Makes an app of a function that a module exports: `app(import.meta.resolve("./tasks.ts"), "fit")`. */
export function app<A extends readonly unknown[] = AnyArgs, R = unknown>(
  module: string,
  exported: string,
  options?: AppOptions,
): App<A, R>;
export function app(first: unknown, second?: unknown, third?: AppOptions): App<AnyArgs, unknown> {
  if (typeof first === "function") return functionApp(first as AnyFunction, {}, second as AppOptions | undefined);
  if (typeof first === "string") return moduleApp(first, second, third);
  if (typeof first === "object" && first !== null && typeof second === "function") {
    return functionApp(second as AnyFunction, first as Schemas, third);
  }
  throw new TypeError(
    "Cannot make an app: give it a function, schemas and a function, or the URL of a module and the name of its export",
  );
}

type AnyFunction = (...args: AnyArgs) => unknown;
interface Schemas {
  readonly args?: Schema<readonly unknown[]>;
  readonly returns?: Schema<unknown>;
}

function functionApp(fn: AnyFunction, schemas: Schemas, options: AppOptions = {}): App<AnyArgs, unknown> {
  const shipped = shipFunction(fn);
  const id = ++lastCode;
  const name = nameIn(options) ?? (shipped.name || nameAtCallSite() || `fn${id}`);
  for (const [key, schema] of Object.entries(schemas)) {
    if (key !== "args" && key !== "returns") {
      throw new ConfigError(`Cannot use schema "${key}" of app "${name}": there is args and returns`, {
        path: [key],
        got: schema,
      }, { hint: "options come last: app({ args, returns }, fn, { walltime })" });
    }
    if (schema !== undefined) expectSchema(schema, key, name);
  }
  const code: Code = { kind: "function", id, name, source: shipped.source };
  return codeApp(code, schemas, readOptions(options, NO_OPTIONS, name), name);
}

function expectModule(url: unknown, hint: (url: string) => string): asserts url is string {
  if (typeof url === "string" && URL.canParse(url)) return;
  throw new ConfigError(`Cannot make an app of module "${url}": it is no absolute URL`, { got: url }, {
    hint: `write ${hint(`import.meta.resolve("${url}")`)}`,
  });
}

function moduleApp(url: string, exported: unknown, options: AppOptions = {}): App<AnyArgs, unknown> {
  expectModule(url, (resolved) => `app(${resolved}, "name")`);
  if (typeof exported !== "string" || exported === "") {
    throw new ConfigError(`Cannot make an app of module "${url}": name the export as the second argument`, {
      got: exported,
    });
  }
  const code: Code = { kind: "module", id: ++lastCode, name: exported, url, export: exported };
  const name = nameIn(options) ?? exported;
  return codeApp(code, {}, readOptions(options, NO_OPTIONS, name), name);
}

function codeApp(code: Code, schemas: Schemas, options: TaskOptions, defaultName: string): App<AnyArgs, unknown> {
  const name = options.name ?? defaultName;
  const spec: AppSpec = {
    name,
    work: { kind: "code", code, args: schemas.args, returns: schemas.returns },
    options,
  };
  refuseShellOptions(options, name);
  const { args: schema } = schemas;
  function call(...args: AnyArgs): TaskFuture<unknown> {
    let prepared = prepareArguments(args, name);
    if (schema !== undefined && prepared.futures === undefined) {
      prepared = prepareArguments(checked(schema, args, name), name);
    }
    return new TaskFuture(current().submit(spec, prepared.values, prepared.futures, prepared.files));
  }
  return Object.assign(call, {
    with: (more: AppOptions) => codeApp(code, schemas, readOptions(more, options, name), name),
    appName: name,
  });
}

function checked(schema: Schema<readonly unknown[]>, args: readonly unknown[], name: string): readonly unknown[] {
  const result = checkBy(schema, args);
  if (result.kind === "fits") return result.value;
  throw new TypeError(`Cannot call "${name}": its arguments do not fit: ${result.why}`);
}

/** A function app has no process of its own: what only a process can have is refused. */
function refuseShellOptions(options: TaskOptions, name: string): void {
  for (const key of ["stdout", "stderr", "env", "cwd"] as const) {
    if (options[key] === undefined) continue;
    throw new ConfigError(`Cannot use option "${key}" of app "${name}": only bash apps have it`, { path: [key] }, {
      hint: key === "env" || key === "cwd" ? "give it to the function as an argument" : "return what is to be kept",
    });
  }
}

/** The exports of a module that are functions, each as an app. */
export type ModuleApps<M> = {
  readonly [K in keyof M as M[K] extends (...args: AnyArgs) => unknown ? K : never]: M[K] extends
    (...args: infer A) => infer R ? App<A, Awaited<R>> : never;
};

/**
 * Makes apps of all functions that a module exports. The workers import the module; the script only needs its types,
 * so `load` is never called.
 *
 * @example A module of tasks, fully typed
 * ```ts ignore
 * const tasks = apps(() => import("./tasks.ts"), import.meta.resolve("./tasks.ts"));
 * const fit = await tasks.fit(data, 0.5);
 * ```
 */
export function apps<M extends object>(
  _load: () => Promise<M>,
  module: string,
  options: AppOptions = {},
): ModuleApps<M> {
  expectModule(module, (resolved) => `apps(() => import("${module}"), ${resolved})`);
  readOptions(options, NO_OPTIONS, nameIn(options) ?? module);
  const made = new Map<string, App<AnyArgs, unknown>>();
  // Exports are only known to the workers: an app is made for each name that is asked for.
  return new Proxy({}, {
    get(target, key): unknown {
      // JavaScript itself asks for these, to await, print or write the object; they are no exports.
      if (typeof key !== "string" || key === "then" || key === "toJSON" || key in target) {
        return Reflect.get(target, key);
      }
      let one = made.get(key);
      if (one === undefined) made.set(key, one = moduleApp(module, key, options));
      return one;
    },
  }) as ModuleApps<M>;
}
