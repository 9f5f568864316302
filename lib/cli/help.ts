import type { Command, CommandOption } from "./command.ts";

const GLOBAL: readonly CommandOption[] = [
  { name: "help", summary: "Show this help." },
  { name: "version", summary: "Show the version." },
];

/** Help on all commands, or on those whose name starts with some words. */
export function commandsHelp(commands: readonly Command[], words: readonly string[]): string {
  const usage = ["sluice", ...words, "COMMAND [OPTIONS]"].join(" ");
  const shown = commands.map((c): Row => [synopsis(c), c.summary]);
  return `Usage: ${usage}\n\nCommands:\n${rows(shown)}\nOptions:\n${rows(GLOBAL.map(optionRow))}`;
}

/** Help on one command. */
export function commandHelp(command: Command): string {
  const options = command.options.length === 0 ? "" : `\nOptions:\n${rows(command.options.map(optionRow))}`;
  return `Usage: sluice ${synopsis(command)}\n\n${command.summary}\n${options}`;
}

function synopsis(command: Command): string {
  const options = command.options.map((o) => `[--${o.name}${o.value === undefined ? "" : ` ${o.value}`}]`);
  const rest = command.rest === undefined ? [] : [`[${command.rest}...]`];
  return [command.name, ...command.args, ...rest, ...options].join(" ");
}

type Row = readonly [left: string, right: string];

function optionRow({ name, value, summary }: CommandOption): Row {
  return [`--${name}${value === undefined ? "" : ` ${value}`}`, summary];
}

function rows(pairs: readonly Row[]): string {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}
