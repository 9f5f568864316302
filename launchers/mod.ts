/**
 * The kinds of launchers. A new one is a file with its definition and a line in `LAUNCHERS`.
 *
 * @module
 */
import { type Choice, choice, createFrom } from "../lib/config/definition.ts";
import type * as z from "../lib/deps/zod.ts";
import type { Launcher, LauncherDefinition } from "./launcher.ts";

/** Every kind of launcher. */
export const LAUNCHERS = [] as const satisfies readonly LauncherDefinition[];

/** Schema of the options of a launcher, chosen by `kind`. */
export const launcherChoice: Choice<"launcher", typeof LAUNCHERS> = choice("launcher", LAUNCHERS);

/** Options of a launcher as they are written. */
export type LauncherInput = z.input<typeof launcherChoice>;

/** Options of a launcher, defaults filled in. */
export type LauncherConfig = z.output<typeof launcherChoice>;

/** Makes the launcher that options ask for. */
export async function createLauncher(config: LauncherConfig): Promise<Launcher> {
  return await createFrom<Launcher>(LAUNCHERS, config);
}
