import { REGISTRY } from "../../executors/mod.ts";
import { withTables } from "../config/docs.ts";
import { configTables } from "../config/docs.ts";
import { editorSchema } from "../config/json_schema.ts";
import { loadWithTree } from "../config/load.ts";
import { resolvedValues, resolvedYaml, showSource, writtenYaml } from "../config/show.ts";
import { plain, showPath } from "../config/tree.ts";
import { count } from "../text.ts";
import type { Command } from "./command.ts";

/** `sluice config check FILE` */
export const configCheck: Command = {
  name: "config check",
  args: ["FILE"],
  summary: "Check a configuration; everything that is wrong is listed with its place.",
  options: [],
  run: async ([file = ""], _, output) => {
    const { config } = await loadWithTree(file, REGISTRY);
    const executors = config.executors.map(({ kind, label }) => kind === label ? kind : `${label} (${kind})`);
    output.out(`${file}: ok, ${count(executors.length, "executor")}: ${executors.join(", ")}\n`);
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
    const loaded = await loadWithTree(file, REGISTRY);
    if (options["json"] !== true) {
      output.out(options["resolved"] === true ? resolvedYaml(loaded, REGISTRY) : writtenYaml(loaded));
      return 0;
    }
    const values = options["resolved"] === true
      ? resolvedValues(loaded, REGISTRY).map((
        { path, value, from },
      ) => [showPath(path), { value, from: showSource(from) }])
      : undefined;
    output.out(`${JSON.stringify(values === undefined ? plain(loaded.tree) : Object.fromEntries(values), null, 2)}\n`);
    return 0;
  },
};

/** `sluice config schema` */
export const configSchema: Command = {
  name: "config schema",
  args: [],
  summary: "Print the JSON schema by which editors check and complete configuration files.",
  options: [],
  run: (_args, _options, output) => {
    output.out(`${JSON.stringify(editorSchema(REGISTRY.schema), null, 2)}\n`);
    return Promise.resolve(0);
  },
};

/** `sluice config docs [--update FILE]` */
export const configDocs: Command = {
  name: "config docs",
  args: [],
  summary: "Print the tables of all options as Markdown.",
  options: [{ name: "update", value: "FILE", summary: "Put them into this page instead." }],
  run: async (_, options, output) => {
    const file = options["update"];
    if (typeof file === "string") await Deno.writeTextFile(file, withTables(await Deno.readTextFile(file), REGISTRY));
    else output.out(configTables(REGISTRY));
    return 0;
  },
};
