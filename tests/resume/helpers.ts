import { assert } from "@std/assert";
import { join } from "@std/path";
import { type ConfigInput, load, threads, type Workflow, type WorkflowEvent } from "../../mod.ts";

/** A directory for a test, removed at the end of its block. */
export interface TempDir extends Disposable {
  /** The directory. */
  readonly root: string;
  /** A path in it. */
  path(...names: string[]): string;
  /** Writes a file in it and returns its path. */
  write(name: string, text: string): string;
}

/** Makes a directory for a test. */
export function tempDir(): TempDir {
  const root = Deno.makeTempDirSync({ prefix: "sluice-resume-" });
  const path = (...names: string[]): string => join(root, ...names);
  return {
    root,
    path,
    write: (name, text) => {
      Deno.writeTextFileSync(path(name), text);
      return path(name);
    },
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

/** Opens a run in a directory, resuming all those before it and caching every app. */
export function openRun(dir: TempDir, config: ConfigInput = {}): Promise<Workflow> {
  return load({
    runDir: dir.path("runs"),
    resume: true,
    cache: true,
    progress: "off",
    executors: [threads({ maxThreads: 2 })],
    ...config,
  });
}

/** Listens to the warnings of a workflow; ask after it has closed. */
export function warningsOf(wf: Workflow): () => Promise<string[]> {
  const events = wf.events();
  const heard = (async () => {
    const warnings: string[] = [];
    for await (const event of events) if (event.kind === "Warning") warnings.push(event.message);
    return warnings;
  })();
  return () => heard;
}

/** Waits for an event of a kind. */
export async function nextEvent<K extends WorkflowEvent["kind"]>(
  wf: Workflow,
  kind: K,
): Promise<Extract<WorkflowEvent, { kind: K }>> {
  // The check of `kind` is what the cast says.
  for await (const event of wf.events()) if (event.kind === kind) return event as Extract<WorkflowEvent, { kind: K }>;
  throw new Error(`the workflow closed without ${kind}`);
}

/** The one element that there is. */
export function only<T>(items: readonly T[]): T {
  const [first, ...others] = items;
  assert(first !== undefined && others.length === 0, `${items.length} and not one`);
  return first;
}

/** What a script said, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script; kills it when it has written a word. */
export async function runScript(path: string, args: readonly string[] = [], killAt?: string): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", path, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const stderr = new Response(child.stderr).text();
  let stdout = "";
  let killed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += chunk;
    if (killed || killAt === undefined || !stdout.includes(killAt)) continue;
    killed = true;
    child.kill("SIGKILL");
  }
  const { code, signal } = await child.status;
  return { code, signal, stdout, stderr: await stderr };
}
