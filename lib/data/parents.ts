import { ConfigError, PermissionError } from "../errors/mod.ts";

/** Makes the directories of a file; `doing` says what is to be done with it, for errors: `write stdout to`. */
export function makeParents(path: string, doing = "write"): void {
  const slash = path.lastIndexOf("/");
  if (slash <= 0) return;
  const dir = path.slice(0, slash);
  try {
    Deno.mkdirSync(dir, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new PermissionError(`${doing} ${path}`, `--allow-write=${dir}`, error);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`Cannot ${doing} ${path}: its directory cannot be made: ${why}`, { got: path }, {
      hint: "check the path and who may write to it",
      cause: error,
    });
  }
}
