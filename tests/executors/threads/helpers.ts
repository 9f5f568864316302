import { fromFileUrl } from "@std/path";
import { until } from "../../parsl/helpers.ts";

/** Where the toolkit is. */
export const TOOLKIT: string = fromFileUrl(import.meta.resolve("../../../")).replace(/\/$/, "");

/** How a script ended. */
export interface Ran {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
}

/** A script that runs. */
export interface Running {
  readonly child: Deno.ChildProcess;
  /** Waits for its end. */
  ended(): Promise<Ran>;
}

/** Starts a script in a directory of its own; `names` are what it imports from the toolkit. */
export function start(dir: string, names: string, body: string, flags: readonly string[] = ["-A"]): Running {
  const path = `${dir}/script.ts`;
  Deno.mkdirSync(`${dir}/tmp`, { recursive: true });
  Deno.writeTextFileSync(path, `import { ${names} } from "${import.meta.resolve("../../../mod.ts")}";\n${body}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...flags, path],
    cwd: dir,
    // What scripts of a test keep for themselves is in its own directory.
    env: { NO_COLOR: "1", TMPDIR: `${dir}/tmp` },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const texts = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return {
    child,
    async ended(): Promise<Ran> {
      const { code, signal } = await child.status;
      const [out, err] = await texts;
      return { code, signal, out, err };
    },
  };
}

/** Runs a script to its end. */
export async function runScript(
  dir: string,
  names: string,
  body: string,
  flags: readonly string[] = ["-A"],
): Promise<Ran> {
  return await start(dir, names, body, flags).ended();
}

/** The most that were open at once, of lines that begin with `+` where something begins and with `-` where it ends. */
export function mostAtOnce(lines: readonly string[]): number {
  let now = 0;
  let most = 0;
  for (const line of lines) {
    now += line.startsWith("+") ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

/** Seconds for `sleep` that no other process sleeps for: they find it again. */
export function uniqueSleep(): string {
  return `1000.${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
}

/** Living processes with a text among their arguments. */
export function processesWith(text: string): number[] {
  const found: number[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0").includes(text)) continue;
      if (!/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${name}/stat`))) found.push(Number(name));
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Waits until no process has a text among its arguments. */
export async function goneWithin(ms: number, text: string): Promise<void> {
  await until(`no process with ${text} is left`, () => processesWith(text).length === 0, ms);
}
