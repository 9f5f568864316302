import { current } from "../current.ts";
import { ConfigError } from "../errors/mod.ts";
import type { BashResult } from "../graph/bash_outcome.ts";
import { TaskFuture } from "../graph/future.ts";
import type { DeferredBody } from "../graph/launch.ts";
import { findLeaves } from "./arguments.ts";
import { type AppOptions, nameIn, NO_OPTIONS, readOptions, type TaskOptions } from "./options.ts";
import { type Hole, Sh, shFrom } from "./sh.ts";
import { nameAtCallSite } from "./ship/name_at.ts";
import { type AppSpec, expectSchema, type Parse, type Schema } from "./spec.ts";
import type { AnyArgs, App, GivenArgs } from "./types.ts";

/** A bash app: each call runs a script. */
export interface BashApp<A extends readonly unknown[], R> extends App<A, R> {
  /** A copy with other options. */
  with(options: AppOptions): BashApp<A, R>;
  /** A copy whose result is stdout without its last line ends. */
  text(): BashApp<A, string>;
  /** A copy whose result is the lines of stdout. */
  lines(): BashApp<A, string[]>;
  /** A copy whose result is stdout read as JSON, checked by a schema if one is given. */
  json(): BashApp<A, unknown>;
  /** A copy whose result is stdout read as JSON and checked by a schema. */
  json<T>(schema: Schema<T>): BashApp<A, T>;
}

/**
 * Makes an app of a script. As a tag, `` bash`…` `` is an app without arguments; as a function, the body gets the
 * arguments and returns a piece of shell. Every hole is quoted for the place where it stands: data never becomes code.
 *
 * @example Two apps
 * ```ts
 * import { bash, sh } from "./mod.ts";
 *
 * const hello = bash`echo hello`;
 * const count = bash((text: string) => sh`printf %s ${text} | wc -c`).text();
 * if ((await hello()).stdout !== "hello\n" || await count("it's safe") !== "9") throw new Error("wrong");
 * ```
 */
export function bash(strings: TemplateStringsArray, ...holes: readonly Hole[]): BashApp<[], BashResult>;
/** Makes an app of a function from arguments to a piece of shell. */
export function bash<A extends AnyArgs>(body: (...args: A) => Sh, options?: AppOptions): BashApp<A, BashResult>;
export function bash(first: unknown, ...rest: unknown[]): BashApp<AnyArgs, BashResult> {
  if (typeof first === "function") {
    // What scripts without types give is checked by readOptions.
    const options = (rest[0] === undefined ? {} : rest[0]) as AppOptions;
    const name = nameIn(options) ?? (first.name || nameAtCallSite() || `bash${++lastBash}`);
    return made(first as Body, { kind: "result" }, readOptions(options, NO_OPTIONS, name), name);
  }
  if (Array.isArray(first) && "raw" in first) {
    const piece = shFrom(first as unknown as TemplateStringsArray, rest as readonly Hole[]);
    return made(piece, { kind: "result" }, NO_OPTIONS, nameAtCallSite() ?? firstWord(first[0] ?? ""));
  }
  throw new TypeError("Cannot make a bash app: write bash`…`, or bash((…) => sh`…`)");
}

type Body = (...args: AnyArgs) => Sh;
let lastBash = 0;

/** What a script is called by when nobody named it: its first word, without folders. */
function firstWord(script: string): string {
  const word = /^\s*(?:#[^\n]*\n\s*)*([\w./-]+)/.exec(script)?.[1]?.split("/").at(-1);
  return word === undefined || word === "" ? `bash${++lastBash}` : word;
}

function made<R>(body: Sh | Body, parse: Parse, options: TaskOptions, defaultName: string): BashApp<AnyArgs, R> {
  const name = options.name ?? defaultName;
  if (options.permissions !== undefined) {
    throw new ConfigError(`Cannot use option "permissions" of app "${name}": only function apps have it`, {
      path: ["permissions"],
    });
  }
  const spec: AppSpec = { name, work: { kind: "bash", body, parse }, options };
  const fixed = Sh.isSh(body) ? source(body) : undefined;
  function call(...args: GivenArgs<AnyArgs>): TaskFuture<R> {
    const kernel = current();
    const leaves = findLeaves(args);
    if (fixed === undefined && leaves.futures.length > 0) {
      // The body works with values, so it is called once they are there.
      const later: DeferredBody = { kind: "deferredBody", args };
      return new TaskFuture<R>(kernel.submit(spec, [later], leaves.futures, some(leaves.files)));
    }
    const { first, futures, files } = fixed ?? source((body as Body)(...args));
    return new TaskFuture<R>(kernel.submit(spec, [first], some(futures), some([...files, ...leaves.files])));
  }
  return Object.assign(call, {
    with: (more: AppOptions) => made<R>(body, parse, readOptions(more, options, name), name),
    text: () => made<string>(body, { kind: "text" }, options, name),
    lines: () => made<string[]>(body, { kind: "lines" }, options, name),
    json: (schema?: Schema<unknown>) => {
      if (schema !== undefined) expectSchema(schema, "the JSON", name);
      return made<never>(body, { kind: "json", schema }, options, name);
    },
    appName: name,
  });
}

interface Source {
  /** The text, or the piece when it has futures to wait for. */
  readonly first: string | Sh;
  readonly futures: ReturnType<typeof findLeaves>["futures"];
  readonly files: ReturnType<typeof findLeaves>["files"];
}

/** Renders a piece now, so that what cannot stand in it is told where the app is called. */
function source(piece: unknown): Source {
  if (!Sh.isSh(piece)) {
    throw new TypeError("Cannot run a bash app: its body must return a piece of shell made by sh`…`");
  }
  const { futures, files } = findLeaves(piece);
  return { first: futures.length === 0 ? piece.render() : piece, futures, files };
}

/** An empty list as undefined: the graph keeps nothing for it. */
function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : [...new Set(list)];
}
