import { statfsSync } from "node:fs";
import { PermissionError } from "../errors/mod.ts";

/** A directory that only this user can enter. */
export interface WorkDir {
  /** Its path. */
  readonly path: string;
  /** Whether it lies in memory: files there cost a tenth of those on disk to make and to remove. */
  readonly inMemory: boolean;
}

const MEMORY = "/dev/shm";
/** Below this, captured output could fill the memory file system (containers often have 64 MiB). */
const ENOUGH = 2 ** 30;

/** Makes a directory for one master, in memory where that can be. */
export function makeWorkDir(tmpDir: string | undefined): WorkDir {
  const inMemory = tmpDir === undefined && memoryIsFine();
  const dir = inMemory ? MEMORY : tmpDir;
  try {
    const path = Deno.makeTempDirSync({ prefix: "sluice-", ...(dir === undefined ? {} : { dir }) });
    return { path, inMemory };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new PermissionError("make a directory for shells", `--allow-write=${dir ?? "/tmp"}`, error);
    }
    throw error;
  }
}

function memoryIsFine(): boolean {
  // Asked first, because a look without the permission would ask the user at the terminal.
  const wanted: Deno.PermissionDescriptor[] = [
    { name: "read", path: MEMORY },
    { name: "write", path: MEMORY },
    { name: "sys" },
  ];
  if (wanted.some((w) => Deno.permissions.querySync(w).state !== "granted")) return false;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH;
  } catch {
    // No such file system here.
    return false;
  }
}
