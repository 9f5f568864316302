/**
 * The command line: `deno run -A lib/cli/main.ts`.
 *
 * @module
 */
import { parseArgs, type ParsedArgs } from "@std/cli";
import { ToolkitError } from "../errors/mod.ts";
import { nearest } from "../text.ts";
import { VERSION } from "../version.ts";
import { type Command, type Output, UsageError } from "./command.ts";
import { configCheck, configDocs, configSchema, configShow } from "./config.ts";
import { explain } from "./explain.ts";
import { commandHelp, commandsHelp } from "./help.ts";
import { run } from "./run.ts";

/** Every command. */
export const COMMANDS: readonly Command[] = [run, configCheck, configShow, configSchema, configDocs, explain];

/** Runs one command line and returns its exit code: 0 done, 1 it failed, 2 the command line is not understood. */
export async function main(args: readonly string[], output: Output = terminal): Promise<number> {
  try {
    return await dispatch(args, output);
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`${error.message}\nhint: see ${error.help}`);
      return 2;
    }
    // These say all there is to say; anything else is a defect, and its stack is the clue.
    if (error instanceof ToolkitError || isSystemError(error)) output.err(error.message);
    else output.err(error instanceof Error ? error.stack ?? error.message : String(error));
    return 1;
  }
}

/** The operating system refused something: no file, no permission, no space. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && Object.values(Deno.errors).some((kind) => error instanceof kind);
}

async function dispatch(args: readonly string[], output: Output): Promise<number> {
  const words = leadingWords(args);
  const command = COMMANDS.find((c) => startsWith(words, c.name.split(" ")));
  if (command !== undefined) return await runCommand(command, args, output);
  const group = words[0] === undefined ? [] : COMMANDS.filter((c) => c.name.split(" ")[0] === words[0]);
  const rest = args.slice(words.length);
  if (words.length === 0 && args.includes("--version")) {
    output.out(`sluice ${VERSION} (deno ${Deno.version.deno})\n`);
    return 0;
  }
  const listed = words.length === 0 ? COMMANDS : group;
  if (rest.includes("--help") && listed.length > 0) {
    output.out(commandsHelp(listed, words.slice(0, 1)));
    return 0;
  }
  if (words.length === 0) {
    const [flag] = rest;
    const why = flag === undefined
      ? "Cannot run nothing: name a command"
      : `Cannot use ${flag}: there is no such option`;
    throw new UsageError(why, "sluice --help");
  }
  if (group.length > 0 && words.length === 1) {
    const names = group.map((c) => c.name).join(", ");
    throw new UsageError(`Cannot run "${words[0]}" alone: name ${names}`, `sluice ${words[0]} --help`);
  }
  if (group.length > 0) throw unknownCommand(words.slice(0, 2).join(" "), group, `sluice ${words[0]} --help`);
  throw unknownCommand(words[0] ?? "", COMMANDS, "sluice --help");
}

function unknownCommand(name: string, commands: readonly Command[], help: string): UsageError {
  const known = commands.flatMap((c) => [c.name, c.name.split(" ")[0] ?? ""]);
  const near = nearest(name, known.filter((k) => k !== name));
  const legal = [...new Set(commands.map((c) => c.name))].join(", ");
  return new UsageError(
    `Cannot run "${name}": there is no such command; ${
      near === undefined ? `there are ${legal}` : `did you mean "${near}"?`
    }`,
    help,
  );
}

/** The words in front of the first option. */
function leadingWords(args: readonly string[]): readonly string[] {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return end < 0 ? args : args.slice(0, end);
}

function startsWith(words: readonly string[], name: readonly string[]): boolean {
  return name.every((word, i) => words[i] === word);
}

async function runCommand(command: Command, args: readonly string[], output: Output): Promise<number> {
  const help = `sluice ${command.name} --help`;
  const words = args.slice(command.name.split(" ").length);
  const [read, rest] = command.rest === undefined ? [words, []] : splitRest(words, command.args.length);
  const parsed = parseOptions(command, read, help);
  if (parsed["help"] === true) {
    output.out(commandHelp(command));
    return 0;
  }
  const given = parsed._.map(String);
  const missing = command.args[given.length];
  if (missing !== undefined) throw new UsageError(`Cannot run "${command.name}": ${missing} is missing`, help);
  const extra = given[command.args.length];
  if (extra !== undefined) throw new UsageError(`Cannot run "${command.name}": "${extra}" is one word too many`, help);
  return await command.run([...given, ...rest], parsed, output);
}

/** Parts what a command reads itself, up to its last argument, from what it hands on. Its options have no values. */
function splitRest(words: readonly string[], args: number): readonly [readonly string[], readonly string[]] {
  const own = words.flatMap((word, at) => word.startsWith("-") ? [] : [at]);
  const last = own[args - 1] ?? words.length - 1;
  return [words.slice(0, last + 1), words.slice(last + 1)];
}

function parseOptions(command: Command, args: readonly string[], help: string): ParsedArgs {
  const flags = command.options.filter((o) => o.value === undefined).map((o) => o.name);
  const values = command.options.filter((o) => o.value !== undefined).map((o) => o.name);
  const parsed = parseArgs(args, {
    boolean: ["help", ...flags],
    // `_` keeps arguments as they were written: a file may be called 007.
    string: ["_", ...values],
    unknown: (arg, key) => {
      if (key === undefined) return true;
      const near = nearest(key, ["help", ...flags, ...values]);
      const fix = near === undefined ? "" : `; did you mean --${near}?`;
      throw new UsageError(`Cannot use ${arg} with "${command.name}": there is no such option${fix}`, help);
    },
  });
  const empty = command.options.find((o) => o.value !== undefined && parsed[o.name] === "");
  if (empty !== undefined) throw new UsageError(`Cannot use --${empty.name} without ${empty.value}`, help);
  return parsed;
}

/** The streams of this process. */
const terminal: Output = {
  out: (text) => write(Deno.stdout, text),
  err: (line) => write(Deno.stderr, `${line}\n`),
};

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    // Whoever read the rest has gone, as `head` does: nothing is left to say.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
