import { fileURLToPath } from "node:url";
import { PermissionError, UnsupportedError } from "../../lib/errors/mod.ts";

type Permissions = Deno.PermissionOptionsObject | "none";
type Name = "env" | "ffi" | "import" | "net" | "read" | "run" | "sys" | "write";

/** The flags of a process with these permissions; asking for more than the script has is an error. */
export function flagsOf(permissions: Permissions, app: string): string[] {
  if (permissions === "none") return [];
  const flags: string[] = [];
  for (const [key, value] of Object.entries(permissions)) {
    // Options were checked to have these names only.
    const name = key as Name;
    if (value === false || value === undefined) continue;
    const values = Array.isArray(value) ? value.map(textOf) : undefined;
    for (const one of values ?? [undefined]) expectGranted(name, one, app);
    if (values === undefined) flags.push(`--allow-${name}`);
    else if (values.length > 0) flags.push(`--allow-${name}=${values.map((v) => wordOf(v, name, app)).join(",")}`);
  }
  return flags.sort();
}

function textOf(value: unknown): string {
  return value instanceof URL ? fileURLToPath(value) : String(value);
}

/** Deno cuts the value of a flag at commas, and has no way to write one that is meant. */
function wordOf(value: string, name: Name, app: string): string {
  if (!value.includes(",")) return value;
  throw new UnsupportedError(
    `Cannot give app "${app}" the permission ${name} for "${value}": Deno takes no comma there`,
    {
      hint: "name a folder above it, or call it something else",
    },
  );
}

/** A process does not inherit the limits of the script, so they are held here. */
function expectGranted(name: Name, value: string | undefined, app: string): void {
  if (Deno.permissions.querySync(descriptor(name, value)).state === "granted") return;
  const flag = `--allow-${name}${value === undefined ? "" : `=${value}`}`;
  throw new PermissionError(`give app "${app}" the permission ${flag}`, flag);
}

function descriptor(name: Name, value: string | undefined): Deno.PermissionDescriptor {
  switch (name) {
    case "read":
    case "write":
    case "ffi":
      return value === undefined ? { name } : { name, path: value };
    case "net":
    case "import":
      return value === undefined ? { name } : { name, host: value };
    case "env":
      return value === undefined ? { name } : { name, variable: value };
    case "run":
      return value === undefined ? { name } : { name, command: value };
    case "sys":
      // The kinds of system information are a closed list that Deno checks itself.
      return value === undefined ? { name } : { name, kind: value as "hostname" };
  }
}
