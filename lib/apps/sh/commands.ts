import { Refusal } from "./error.ts";
import { type Demand, HOLE, TEXT } from "./place.ts";

/** What is known of the command when a hole is met. */
export interface CommandSoFar {
  /** Its name. */
  readonly command: string | undefined;
  /** Option letters of a declaration. */
  readonly flags: string;
  /** The word before. */
  readonly previous: string;
  /** The current word up to the hole, without its quotes. */
  readonly text: string;
  /** Whether the options are over. */
  readonly operands: boolean;
  /** Variables declared as integers. */
  readonly integers: ReadonlySet<string>;
}

const DECLARATIONS: ReadonlySet<string> = new Set(["declare", "typeset", "local", "export", "readonly"]);
/** Variables whose value bash expands as if it were typed. */
const EXPANDED: ReadonlySet<string> = new Set(["PS0", "PS1", "PS2", "PS4", "PROMPT_COMMAND", "BASH_ENV"]);
/** Variables that are integers from the start. */
export const INTEGERS: readonly string[] = ["RANDOM", "OPTIND", "SECONDS", "LINENO", "HISTCMD"];

/** Whether a command declares variables. */
export function isDeclaration(command: string): boolean {
  return DECLARATIONS.has(command);
}

/** What a command demands of a hole in the current word. */
export function demandOf(so: CommandSoFar): Demand {
  const { command, text, previous } = so;
  if (/^\{?\w+\[[^\]]*$/.test(text)) return { kind: "integer", why: "an array subscript" };
  const name = /^(\w+)(?:\[.*\])?\+?=/s.exec(text)?.[1];
  if (name !== undefined) {
    if (EXPANDED.has(name)) {
      throw new Refusal(undefined, `bash runs the value of ${name} as code`, "write the value into the template");
    }
    if (so.integers.has(name)) return { kind: "integer", why: `the integer variable ${name}` };
  }
  switch (command) {
    case "let":
      return { kind: "integer", why: "let" };
    case "for":
    case "select":
      return so.flags === "i" ? { kind: "integer", why: "a loop over an integer variable" } : TEXT;
    case "declare":
    case "typeset":
    case "local":
    case "export":
    case "readonly":
      return declared(so, command);
    case "unset":
      return named(text, command);
    case "read":
    case "mapfile":
    case "readarray":
      return /^-[a-zA-Z]*[cdinNOpstu]$/.test(previous) ? TEXT : named(text, command);
    case "wait":
      return /^-[a-z]*p$/.test(previous) || /^-[a-z]*p/.test(text)
        ? named(text.replace(/^-[a-z]*p/, ""), "wait -p")
        : TEXT;
    case "printf":
      if (previous === "-v" || text.startsWith("-v")) return named(text.replace(/^-v/, ""), "printf -v");
      if (so.operands) return TEXT;
      return text === "-" ? named(text, "printf") : text === "" ? { kind: "format", why: "printf" } : TEXT;
    case "test":
    case "[":
      if (previous === "-v" || previous === "-R") return named(text, `${command} ${previous}`);
      if (!previous.includes(HOLE) || text !== "") return TEXT;
      throw new Refusal(
        undefined,
        `two values stand side by side in ${command}, so the first could be an operator such as -v`,
        "write the operator between them",
      );
    default:
      return TEXT;
  }
}

function named(text: string, why: string): Demand {
  if (/^[-+]\w*$/.test(text)) {
    throw new Refusal(undefined, `it would be an option of ${why}`, "write the option into the template");
  }
  return text.includes("[") ? { kind: "integer", why: "an array subscript" } : { kind: "name", why };
}

function declared(so: CommandSoFar, command: string): Demand {
  const equals = so.text.indexOf("=");
  if (equals < 0) return named(so.text, command);
  if (so.flags.includes("i")) return { kind: "integer", why: `${command} -i` };
  if (so.flags.includes("n")) return named(so.text.slice(equals + 1), `${command} -n`);
  if ((command === "export" || command === "readonly") && !/a/i.test(so.flags)) return TEXT;
  const value = so.text.slice(equals + 1);
  if (value.startsWith("(")) {
    throw new Refusal(
      undefined,
      `${command} reads a quoted (…) as an array and runs what is in it`,
      `write \`${command} -a name\` and then \`name=(…)\` without quotes`,
    );
  }
  // Only when all before it may be empty can the hole begin the value.
  return /^[\uE000\uE001]*$/.test(value) ? { kind: "value", why: command } : TEXT;
}
