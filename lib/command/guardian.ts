import { GUARDIAN } from "./guardian_script.ts";
import { spawnBash } from "./spawn.ts";

/** Sends signals to process groups, and sees to it that nothing outlives the Deno process, however that ends. */
export class Guardian {
  readonly #bash: string;
  /** What must not outlive the Deno process: sessions, and the directory of each. */
  readonly #sessions = new Map<number, string>();
  readonly #goneGroups = new Map<number, () => void>();
  readonly #goneSessions = new Map<number, () => void>();
  #process: GuardianProcess | undefined;
  #starts = 0;
  #closed = false;

  constructor(bash: string) {
    this.#bash = bash;
  }

  /** From now on the session ends with the Deno process, and the directory goes. Throws when bash cannot be started. */
  protect(session: number, dir: string): void {
    this.#sessions.set(session, dir);
    if (this.#process === undefined) this.#start();
    else this.#process.say(`+S ${session}\n+D ${dir}\n`);
  }

  /** Nothing of the session is left, and its directory is gone. */
  release(session: number, dir: string): void {
    this.#sessions.delete(session);
    this.#process?.say(`-S ${session}\n-D ${dir}\n`);
  }

  /** SIGTERM to a group. */
  terminate(group: number): void {
    this.#process?.say(`T ${group}\n`);
  }

  /** SIGKILL to a group. */
  kill(group: number): void {
    this.#process?.say(`K ${group}\n`);
  }

  /** SIGKILL to the groups of a session whose leader lives and lost its parent. */
  killOrphans(session: number): void {
    this.#process?.say(`O ${session}\n`);
  }

  /** SIGUSR1 to a process. */
  nudge(pid: number): void {
    this.#process?.say(`U ${pid}\n`);
  }

  /** Calls back once nothing of the group is left. */
  whenGone(group: number, callback: () => void): void {
    this.#goneGroups.set(group, callback);
    this.#process?.say(`W ${group}\n`);
  }

  /** SIGKILL to all of a session; calls back once nothing of it is left. */
  endSession(session: number, callback: () => void): void {
    this.#goneSessions.set(session, callback);
    this.#process?.say(`X ${session}\n`);
  }

  /** Ends all sessions, removes the directories; resolves when that is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#process?.close();
  }

  #start(): void {
    this.#starts++;
    // As arguments, because the Deno process may be killed before it can write a line.
    const pairs = [...this.#sessions].flatMap(([session, dir]) => [String(session), dir]);
    const started = new GuardianProcess(this.#bash, `${pairs[1]}/guardian`, pairs, (line) => this.#hear(line));
    this.#process = started;
    for (const group of this.#goneGroups.keys()) started.say(`W ${group}\n`);
    for (const session of this.#goneSessions.keys()) started.say(`X ${session}\n`);
    started.ended.then(() => {
      if (this.#closed || this.#process !== started) return;
      this.#process = undefined;
      // Whoever keeps killing it gets their way in the end; until then the promise it stands for is kept.
      if (this.#starts < 100 && this.#sessions.size > 0) this.#start();
    });
  }

  #hear(line: string): void {
    const number = Number(line.slice(2));
    const waiting = line.startsWith("g ") ? this.#goneGroups : this.#goneSessions;
    const callback = waiting.get(number);
    waiting.delete(number);
    callback?.();
  }
}

/** One bash that runs the guardian's script. */
class GuardianProcess {
  readonly #child: ReturnType<typeof spawnBash>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();
  /** Fulfilled when it has ended. */
  readonly ended: Promise<void>;

  constructor(bash: string, file: string, args: readonly string[], hear: (line: string) => void) {
    this.#child = spawnBash(bash, file, GUARDIAN, args);
    this.#child.unref();
    this.#writer = this.#child.stdin.getWriter();
    this.#writer.closed.catch(ignore);
    this.ended = this.#listen(hear);
  }

  say(text: string): void {
    this.#writer.write(this.#encoder.encode(text)).catch(ignore);
  }

  async close(): Promise<void> {
    this.#child.ref();
    await this.#writer.close().catch(ignore);
    await this.ended;
  }

  async #listen(hear: (line: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of this.#child.stdout) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) hear(line);
    }
    await this.#child.status;
    await this.#writer.close().catch(ignore);
  }
}

function ignore(): void {
  // The process has ended: what it was told goes to its successor, or is of no interest any more.
}
