import { PermissionError, UnsupportedError } from "../errors/mod.ts";

/**
 * Starts a bash with a script in a session of its own, so that signals for the Deno process (Ctrl-C) do not reach it.
 * The script is a file, because `ps` shows what `bash -c` is given, all of it.
 */
export function spawnBash(
  bash: string,
  file: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  Deno.writeTextFileSync(file, script);
  try {
    return new Deno.Command(bash, {
      args: [file, ...args],
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      detached: true,
    }).spawn();
  } catch (error) {
    throw explain(bash, error);
  }
}

function explain(bash: string, error: unknown): unknown {
  if (error instanceof Deno.errors.NotCapable) {
    return new PermissionError(`start ${bash}`, `--allow-run=${bash}`, error);
  }
  if (error instanceof Deno.errors.NotFound) {
    return new UnsupportedError(`Cannot start ${bash}: there is no such program`, {
      hint: "install bash 4.3 or newer, or put it on PATH",
      cause: error,
    });
  }
  return error;
}
