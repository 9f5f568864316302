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
    expectReadable(path);
    return { path, inMemory };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw PermissionError.of("make a directory for shells", error);
    throw error;
  }
}

/** What scripts write is read back: that is told before any of them runs. */
function expectReadable(path: string): void {
  if (Deno.permissions.querySync({ name: "read", path }).state === "granted") return;
  const parent = path.slice(0, path.lastIndexOf("/"));
  throw new PermissionError("read what scripts write", `--allow-read=${parent}`);
}

function memoryIsFine(): boolean {
  // Asked first, because a look without the permission would ask the user at the terminal.
  const wanted: Deno.PermissionDescriptor[] = [
    { name: "read", path: MEMORY },
    { name: "write", path: MEMORY },
    { name: "read", path: "/proc/self/mountinfo" },
    { name: "sys" },
  ];
  if (wanted.some((w) => Deno.permissions.querySync(w).state !== "granted")) return false;
  try {
    const { total, available } = Deno.systemMemoryInfo();
    const size = memorySize(Deno.readTextFileSync("/proc/self/mountinfo"), total);
    return size >= ENOUGH && available >= ENOUGH;
  } catch {
    // No such file system here.
    return false;
  }
}

/**
 * How much fits into the memory file system, in bytes: what its mount says, half of the machine's memory when it says
 * nothing, 0 when there is none. (`statfs` would tell what is free too, but `node:fs` takes longer to load than the
 * shells take to start.)
 */
export function memorySize(mountInfo: string, memory: number): number {
  const mount = mountInfo.split("\n").find((line) => line.split(" ")[4] === MEMORY);
  if (mount === undefined || !/ - tmpfs /.test(mount)) return 0;
  const size = /[ ,]size=(\d+)([kmg]?)(?:,|$)/.exec(mount);
  if (size === null) return memory / 2;
  const unit = { "": 0, k: 10, m: 20, g: 30 }[size[2] ?? ""] ?? 0;
  return Number(size[1]) * 2 ** unit;
}

/** Removes a directory, if it is still there. */
export async function removeWorkDir(dir: string): Promise<void> {
  try {
    await Deno.remove(dir, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
