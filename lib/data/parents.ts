import { ConfigError, PermissionError } from "../errors/mod.ts";

/** Makes the directories of a file that will be written. */
export function makeParents(path: string): void {
  const slash = path.lastIndexOf("/");
  if (slash <= 0) return;
  const dir = path.slice(0, slash);
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new PermissionError(`make directory ${dir}`, `--allow-write=${dir}`, error);
    }
    throw new ConfigError(`Cannot make directory ${dir}: ${error instanceof Error ? error.message : error}`, {
      got: path,
    }, { hint: "check the path and who may write to it", cause: error });
  }
}
