import type { FreeVariable } from "./free_variables.ts";
import { ShipError } from "./ship_error.ts";
import { isScriptOnly, isWorkersOwn } from "./worker_globals.ts";

/** The error for what a function uses and a worker will not have: the first in full, the others by name. */
export function refusal(
  fn: string,
  text: string,
  free: readonly [FreeVariable, ...FreeVariable[]],
  callSite: string | undefined,
): ShipError {
  const [{ name, line, column }, ...others] = free;
  const more = others.length === 0 ? "" : `; and ${others.map((v) => `\`${v.name}\` (line ${v.line})`).join(", ")}`;
  const made = callSite === undefined ? "" : `, app made at ${callSite}`;
  const message = `Cannot ship ${fn === "" ? "a function" : `function "${fn}"`}: ${what(name)} ` +
    `(line ${line} of the function${made})${more}\n\n  ${line} | ${excerpt(text, line, column)}\n`;
  return new ShipError(message, { variable: name, line, column, callSite }, advice(name, fn));
}

/** The line of the text, without its indent and not too long. */
function excerpt(text: string, line: number, column: number): string {
  const whole = text.split("\n")[line - 1] ?? "";
  const from = Math.max(0, column - 60);
  return whole.slice(from, from + 100).trim();
}

function what(name: string): string {
  switch (name) {
    case "this":
      return "it uses `this`, and the object it belongs to does not travel with it";
    case "super":
      return "it uses `super`, and the class it belongs to does not travel with it";
    case "import.meta":
      return "it uses `import.meta`, which would be that of the worker";
    case "arguments":
      return "it uses `arguments`, which an arrow function does not have";
  }
  if (name.startsWith("#")) return `it uses the private name \`${name}\` of a class that does not travel with it`;
  if (isScriptOnly(name)) return `it uses \`${name}\`, which workers do not have`;
  if (isWorkersOwn(name)) return `it uses \`${name}\`, which in a worker is the worker's own`;
  return `it uses \`${name}\`, which is neither its parameter, nor its local, nor a global`;
}

function advice(name: string, fn: string): string {
  switch (name) {
    case "this":
    case "super":
      return "pass what it needs as arguments";
    case "import.meta":
      return 'pass import.meta.url (or import.meta.resolve("./x.ts")) as an argument';
    case "arguments":
      return "take rest parameters: (...args) => …";
  }
  if (name.startsWith("#")) return "pass what it needs as arguments";
  const itself = name === fn
    ? `if \`${name}\` is the function itself, write it as \`function ${name}(…) { … }\`; `
    : "";
  const module = `put the function in a module and use app(import.meta.resolve("./tasks.ts"), "${fn || "name"}")`;
  return `${itself}pass \`${name}\` as an argument, or import it inside the function ` +
    `(const { ${name} } = await import("./x.ts")), or ${module}`;
}
