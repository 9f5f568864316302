/** How a script ended. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script that runs in a process and a directory of its own; disposing of it ends it. */
export interface Script extends AsyncDisposable {
  readonly dir: string;
  /** The line of its stdout that begins so, as soon as it is there. */
  line(start: string): Promise<string>;
  /** How it ended. */
  readonly ended: Promise<Ended>;
  kill(signal: Deno.Signal): void;
}

/** Starts a script that imports `names` from the toolkit. */
export async function startScript(names: string, body: string, dir?: string): Promise<Script> {
  const own = dir === undefined;
  const at = dir ?? await Deno.makeTempDir();
  const path = `${at}/script.ts`;
  await Deno.writeTextFile(path, `import { ${names} } from "${import.meta.resolve("../mod.ts")}";\n${body}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", path],
    cwd: at,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const out = new Lines(child.stdout);
  const err = new Response(child.stderr).text();
  const ended = (async (): Promise<Ended> => {
    const { code, signal } = await child.status;
    return { code, signal, stdout: await out.all, stderr: await err };
  })();
  return {
    dir: at,
    ended,
    kill: (signal) => child.kill(signal),
    async line(start): Promise<string> {
      const line = await out.line(start);
      if (line !== undefined) return line;
      throw new Error(`the script ended without "${start}": ${Deno.inspect(await ended)}`);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await ended;
      if (own) await Deno.remove(at, { recursive: true });
    },
  };
}

/** Runs a script to its end. */
export async function runScript(names: string, body: string, dir?: string): Promise<Ended> {
  await using script = await startScript(names, body, dir);
  return await script.ended;
}

/** The text of a stream, and each of its lines as soon as it is whole. */
class Lines {
  /** The whole text, at its end. */
  readonly all: Promise<string>;
  #text = "";
  #over = false;
  #changed = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.all = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#tell();
    }
    this.#over = true;
    this.#tell();
    return this.#text;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async line(start: string): Promise<string | undefined> {
    for (;;) {
      const line = this.#text.split("\n").slice(0, -1).find((l) => l.startsWith(start));
      if (line !== undefined || this.#over) return line;
      await this.#changed.promise;
    }
  }
}
