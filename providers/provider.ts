import { define, type Definition, type DefinitionSpec } from "../lib/config/definition.ts";
import type { AnyDefinition } from "../lib/config/foreign.ts";
import type * as z from "../lib/deps/zod.ts";

/** What a provider is asked for: some nodes for some time, and the command that goes on them. */
export interface BlockRequest {
  /** Name of the block, unique in the run: part of file names and of the job's name. */
  readonly name: string;
  /** What each block runs, through the launcher: one manager per node. */
  readonly command: string;
  /** Directory for the script, its output and the file with its exit code. */
  readonly directory: string;
}

/** How a block is doing. "No longer listed" is `missing` until something says how it ended: never success. */
export type BlockStatus =
  | { readonly kind: "queued"; readonly reason?: string | undefined }
  | { readonly kind: "running"; readonly nodes?: readonly string[] | undefined }
  | { readonly kind: "ended"; readonly how: BlockEnd; readonly detail?: string | undefined }
  | { readonly kind: "missing" }
  | { readonly kind: "unknown"; readonly native: string };

/** How a block ended. The end of its walltime is not a failure. */
export type BlockEnd = "completed" | "timeout" | "cancelled" | "failed" | "lost";

/** Obtains blocks. Three verbs; when to ask and what to make of the answers is decided elsewhere. */
export interface Provider {
  /** Its kind: `slurm`. */
  readonly kind: string;
  /** Asks for one block and returns the id that the batch system gives it. */
  submit(block: BlockRequest, options: { readonly signal: AbortSignal }): Promise<string>;
  /** How blocks are doing, many in one question; a question that fails throws and changes nothing. */
  status(ids: readonly string[]): Promise<ReadonlyMap<string, BlockStatus>>;
  /** Gives blocks back; one that ended already is no error. */
  cancel(ids: readonly string[]): Promise<void>;
}

/** Any definition of a provider. */
export type ProviderDefinition = AnyDefinition<"provider", Provider>;

/** Defines a kind of provider: its options, and how to make one. */
export function defineProvider<const K extends string, Shape extends z.ZodRawShape>(
  spec: DefinitionSpec<K, Shape, Provider>,
): Definition<"provider", K, Shape, Provider> {
  return define("provider", spec);
}
