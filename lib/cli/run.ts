import type { Command } from "./command.ts";

/** `sluice run SCRIPT [ARGS]` */
export const run: Command = {
  name: "run",
  args: ["SCRIPT"],
  rest: "ARGS",
  summary: "Run a script with all permissions; what follows its name goes to the script.",
  options: [],
  run: async ([script = "", ...args]) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, ...args],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    // A terminal sends these two to the script as well, and it ends its workflow in good order: wait for that.
    const wait = (): void => {};
    const forward = (): void => child.kill("SIGTERM");
    Deno.addSignalListener("SIGINT", wait);
    Deno.addSignalListener("SIGHUP", wait);
    Deno.addSignalListener("SIGTERM", forward);
    try {
      return (await child.status).code;
    } finally {
      Deno.removeSignalListener("SIGINT", wait);
      Deno.removeSignalListener("SIGHUP", wait);
      Deno.removeSignalListener("SIGTERM", forward);
    }
  },
};
