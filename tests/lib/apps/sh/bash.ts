/** What a script left behind. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a script as `bash file`, in a directory of its own; `canary` says whether a file of that name appeared in it. */
export async function runBash(script: string, args: readonly string[] = []): Promise<Ran & { canary: boolean }> {
  const dir = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${dir}/script.sh`, script);
    const ran = await spawn([...args, "script.sh"], dir);
    const canary = await Deno.stat(`${dir}/canary`).then(() => true, () => false);
    return { ...ran, canary };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Runs bash with arguments in a directory. */
export async function spawn(args: readonly string[], cwd: string): Promise<Ran> {
  const env = { LC_ALL: "C.UTF-8", PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" };
  const { stdout, stderr, code } = await new Deno.Command("bash", {
    args: [...args],
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  // Data may begin with a byte order mark, which must not be swallowed here.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), code };
}
