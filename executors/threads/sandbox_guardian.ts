const SCRIPT = new URL("./sandbox_guardian_script.ts", import.meta.url).href;

/**
 * Sees to it that no sandbox outlives the script, however that ends: a function that never lets go would not notice.
 * The script may have no permission to run anything but Deno, so this is a Deno process too.
 */
export class SandboxGuardian {
  #child: Deno.ChildProcess | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  /** From now on the process ends when the script does. */
  protect(pid: number): void {
    if (this.#child === undefined) this.#start();
    this.#say(`+${pid}\n`);
  }

  /** The process is gone; another may get its number. */
  release(pid: number): void {
    this.#say(`-${pid}\n`);
  }

  /** Ends it; what it protects is ended too. */
  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.ref();
    await this.#writer?.close().catch(ignore);
    await child.status;
  }

  #start(): void {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--allow-run", SCRIPT],
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      // Ctrl-C is for the script, and this has to outlive it.
      detached: true,
    }).spawn();
    child.unref();
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#writer.closed.catch(ignore);
  }

  #say(line: string): void {
    this.#writer?.write(new TextEncoder().encode(line)).catch(ignore);
  }
}

function ignore(): void {
  // It was killed: the processes are still ended when the workflow closes.
}
