import { assert } from "@std/assert";
import { type ConfigInput, load, type Workflow, type WorkflowEvent } from "../../mod.ts";

/** A workflow of one test, in a directory of its own. */
export interface Lab extends AsyncDisposable {
  /** The workflow. */
  readonly wf: Workflow;
  /** The directory, gone with the test. */
  readonly dir: string;
  /** A path in the directory. */
  path(name: string): string;
}

/** Opens a workflow on the thread pool; what a test says of it is added. `await using` closes it. */
export async function openLab(config: ConfigInput = {}): Promise<Lab> {
  const dir = await Deno.makeTempDir();
  const wf = await load({ runDir: `${dir}/runs`, progress: "off", ...config });
  return {
    wf,
    dir,
    path: (name) => `${dir}/${name}`,
    async [Symbol.asyncDispose](): Promise<void> {
      // What a test that failed has left running would be waited for.
      wf.cancel("the test is over");
      await wf.close();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Opens one run after another in a directory, as scripts that are started one after another do. */
export async function runIn<T>(
  dir: string,
  config: ConfigInput,
  body: (wf: Workflow) => Promise<T>,
): Promise<T> {
  await using wf = await load({ runDir: `${dir}/runs`, progress: "off", ...config });
  return await body(wf);
}

/** A directory that is gone with the test. */
export async function tempDir(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** What a future was rejected with. */
export async function errorOf(future: PromiseLike<unknown>): Promise<unknown> {
  const outcome = await future.then((value) => ({ value }), (error: unknown) => ({ error }));
  assert("error" in outcome, `it was to fail and gave ${"value" in outcome ? Deno.inspect(outcome.value) : ""}`);
  return outcome.error;
}

/** What a future was rejected with, which is of a class. */
// deno-lint-ignore no-explicit-any -- a class is known by what it makes; only `any` fits every parameter list.
export async function failure<E>(future: PromiseLike<unknown>, type: abstract new (...args: any[]) => E): Promise<E> {
  const error = await errorOf(future);
  assert(error instanceof type, `it was to fail with ${type.name}, and failed with ${Deno.inspect(error)}`);
  return error;
}

/** The lines of a file. */
export async function linesOf(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path);
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** Whether a file is there. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether a process runs; one that only waits for its parent to look does not. */
export function alive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

/** Waits until something holds, and says what it was when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const end = performance.now() + ms;
  while (!await holds()) {
    assert(performance.now() < end, `waited ${ms} ms in vain until ${what}`);
    await new Promise<void>((resolve) => setTimeout(resolve, 10));
  }
}

/** What happens in a workflow from now on. */
export interface Recorded {
  /** All of it so far. */
  readonly events: readonly WorkflowEvent[];
  /** Ends when the workflow has closed. */
  readonly end: Promise<void>;
}

/** Writes down what happens in a workflow. */
export function record(wf: Workflow): Recorded {
  const events: WorkflowEvent[] = [];
  const stream = wf.events();
  return {
    events,
    end: (async () => {
      for await (const event of stream) events.push(event);
    })(),
  };
}
