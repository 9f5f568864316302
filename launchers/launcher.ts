import { define, type Definition, type DefinitionSpec } from "../lib/config/definition.ts";
import type { AnyDefinition } from "../lib/config/foreign.ts";
import type * as z from "../lib/deps/zod.ts";

/** The shape of a block that a launcher fills. */
export interface BlockShape {
  /** Nodes in the block. */
  readonly nodes: number;
  /** Copies of the command on each node. */
  readonly tasksPerNode: number;
}

/** Starts a command on every node of a block. It is text in, text out, and runs nothing itself. */
export interface Launcher {
  /** Its kind: `srun`. */
  readonly kind: string;
  /** The shell lines that start the command in a block of this shape; the command is shell text already quoted. */
  wrap(command: string, shape: BlockShape): string;
}

/** Any definition of a launcher. */
export type LauncherDefinition = AnyDefinition<"launcher", Launcher>;

/** Defines a kind of launcher: its options, and how to make one. */
export function defineLauncher<const K extends string, Shape extends z.ZodRawShape>(
  spec: DefinitionSpec<K, Shape, Launcher>,
): Definition<"launcher", K, Shape, Launcher> {
  return define("launcher", spec);
}
