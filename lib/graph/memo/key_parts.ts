import { resolve } from "node:path";
import { canonical } from "../../apps/ship/stable_bytes.ts";
import { firstLine } from "../../errors/graph.ts";
import type { BashScript, Code } from "../../executor.ts";
import type { Task } from "../task.ts";
import type { FileHasher } from "./file_hash.ts";
import { importSpecifiers } from "./import_scanner.ts";
import { type InputPart, type KeyParts, secretPart, textPart } from "./key.ts";
import { moduleClosure } from "./module_closure.ts";

/** What the result of a task depends on, or why nobody can tell. */
export type FoundParts =
  | { readonly kind: "found"; readonly parts: KeyParts }
  | { readonly kind: "unknown"; readonly why: string };

/** Resource keys that say how a task runs, not what comes of it. */
const NOT_IN_KEY = new Set(["priority", "runningTimeMin", "category"]);

/** Finds out what the results of tasks depend on. Modules are read once a run, as the workers do. */
export class PartsFinder {
  readonly #hasher: FileHasher;
  /** Hashes of the modules that are named, and of those that each function text imports. */
  readonly #modules = new Map<string, Promise<string>>();
  readonly #imports = new Map<string, Promise<Readonly<Record<string, string>>>>();

  constructor(hasher: FileHasher) {
    this.#hasher = hasher;
  }

  /** The parts of the key of a task that is ready to start. */
  async find(task: Task): Promise<FoundParts> {
    const { work } = task.spec;
    if (work.kind === "derive") return { kind: "unknown", why: "it only takes a member out of a value" };
    try {
      const inputs = await this.#inputsOf(task);
      if (typeof inputs === "string") return { kind: "unknown", why: inputs };
      const common = { inputs, outputs: outputsOf(task) };
      const options = resourcesOf(task);
      switch (work.kind) {
        case "code": {
          const code = textPart(await this.#codeOf(work.code, options));
          const args = textPart(canonical(task.args));
          return { kind: "found", parts: { kind: work.code.kind, code, args, ...common, options } };
        }
        case "join": {
          const args = textPart(canonical(task.args));
          return {
            kind: "found",
            parts: { kind: "join", code: textPart(String(work.body)), args, ...common, options },
          };
        }
        case "bash": {
          if (task.script === undefined) return { kind: "unknown", why: "it has no script" };
          const parts = { kind: "bash", code: textPart(task.script.text), args: "", ...common } as const;
          Object.assign(options, scriptOptions(task, task.script), { parse: work.parse.kind });
          return { kind: "found", parts: { ...parts, options } };
        }
      }
    } catch (error) {
      return { kind: "unknown", why: firstLine(error) };
    }
  }

  /** The text of a function, or what a module is made of; what a function imports by itself goes to the options. */
  async #codeOf(code: Code, options: Record<string, string>): Promise<string> {
    if (code.kind === "module") return `${code.export} of ${await this.#moduleHash(code.url)}`;
    if (!/\bimport\b/.test(code.source)) return code.source;
    let imports = this.#imports.get(code.source);
    if (imports === undefined) this.#imports.set(code.source, imports = this.#importsOf(code.source));
    Object.assign(options, await imports);
    return code.source;
  }

  async #importsOf(source: string): Promise<Readonly<Record<string, string>>> {
    const hashes: Record<string, string> = {};
    for (const specifier of importSpecifiers(source)) {
      // Relative ones were made absolute when the app was made; packages count by their names, in the text.
      if (specifier.startsWith("file:")) hashes[`import ${specifier}`] = await this.#moduleHash(specifier);
    }
    return hashes;
  }

  #moduleHash(url: string): Promise<string> {
    let hash = this.#modules.get(url);
    if (hash === undefined) this.#modules.set(url, hash = moduleClosure(url).then((closure) => closure.hash));
    return hash;
  }

  /** The files it reads, or why what is in one of them cannot be told. */
  async #inputsOf(task: Task): Promise<InputPart[] | string> {
    const parts: InputPart[] = [];
    for (const input of task.extra?.inputs ?? []) {
      if (input.scheme !== "file") {
        parts.push({ path: input.given, hash: "remote" });
        continue;
      }
      const state = await this.#hasher.state(resolve(task.spec.options.cwd ?? "", input.path));
      if (state.kind === "unknown") return state.why;
      parts.push({ path: input.toString(), hash: state.kind === "known" ? state.hash : "missing" });
    }
    return parts;
  }
}

function resourcesOf(task: Task): Record<string, string> {
  const resources = Object.entries(task.resources ?? {}).filter(([key]) => !NOT_IN_KEY.has(key));
  return resources.length === 0 ? {} : { resources: canonical(Object.fromEntries(resources)) };
}

/** An option that is not given counts by its default: a script that is started elsewhere reads other files. */
function scriptOptions(task: Task, script: BashScript): Record<string, string> {
  const options: Record<string, string> = { strict: String(script.strict), cwd: resolve(script.cwd ?? "") };
  for (const [name, value] of Object.entries(script.env ?? {})) options[`env ${name}`] = secretPart(value);
  for (const stream of STREAMS) {
    const target = task.spec.options[stream];
    // A name that is made for the stream (AUTO) is another one in each run, and says nothing about what is in it.
    if (typeof target === "object") options[stream] = resolve(target.path) + (target.append ? "" : " (made anew)");
  }
  return options;
}

const STREAMS = ["stdout", "stderr"] as const;

function outputsOf(task: Task): string[] {
  const remote = (task.extra?.outputs ?? []).filter((o) => o.scheme !== "file").map((o) => o.given);
  return [...outputFiles(task), ...remote];
}

function outputFiles(task: Task): string[] {
  const { outcomes } = task.kernel;
  return (task.extra?.outputs ?? []).filter((o) => o.scheme === "file").map((o) => resolve(outcomes.place(task, o)));
}

/** The files that a task alone writes, by their absolute paths: its outputs, and streams that are not added to. */
export function writtenFiles(task: Task): string[] {
  const streams = STREAMS.map((stream) => task.spec.options[stream]);
  const anew = streams.flatMap((target) => typeof target === "object" && !target.append ? [resolve(target.path)] : []);
  return anew.length === 0 ? outputFiles(task) : [...outputFiles(task), ...anew];
}
