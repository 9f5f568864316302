// The table of commands is read by every command line, a worker's too: what a command needs is imported as it runs.
import type { Command } from "./command.ts";

/** `sluice config check FILE` */
export const configCheck: Command = {
  name: "config check",
  args: ["FILE"],
  summary: "Check a configuration; everything that is wrong is listed with its place.",
  options: [],
  run: async ([file = ""], _options, output) => {
    const { checkText } = await import("./config_actions.ts");
    output.out(await checkText(file));
    return 0;
  },
};

/** `sluice config show FILE [--resolved] [--json]` */
export const configShow: Command = {
  name: "config show",
  args: ["FILE"],
  summary: "Show a configuration with its files and variables put together.",
  options: [
    { name: "resolved", summary: "Every value there is, defaults too, and where each comes from." },
    { name: "json", summary: "As JSON." },
  ],
  run: async ([file = ""], options, output) => {
    const { showText } = await import("./config_actions.ts");
    output.out(await showText(file, options["resolved"] === true, options["json"] === true));
    return 0;
  },
};

/** `sluice config schema` */
export const configSchema: Command = {
  name: "config schema",
  args: [],
  summary: "Print the JSON schema by which editors check and complete configuration files.",
  options: [],
  run: async (_args, _options, output) => {
    const { schemaText } = await import("./config_actions.ts");
    output.out(schemaText());
    return 0;
  },
};

/** `sluice config docs [--update FILE]` */
export const configDocs: Command = {
  name: "config docs",
  args: [],
  summary: "Print the tables of all options as Markdown.",
  options: [{ name: "update", value: "FILE", summary: "Put them into this page instead." }],
  run: async (_args, options, output) => {
    const { tablesText, updatePage } = await import("./config_actions.ts");
    const file = options["update"];
    if (typeof file === "string") await updatePage(file);
    else output.out(tablesText());
    return 0;
  },
};
