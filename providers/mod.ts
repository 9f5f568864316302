/**
 * The kinds of providers. A new one is a file with its definition and a line in `PROVIDERS`.
 *
 * @module
 */
import { type Choice, choice, createFrom } from "../lib/config/definition.ts";
import type * as z from "../lib/deps/zod.ts";
import type { Provider, ProviderDefinition } from "./provider.ts";

/** Every kind of provider. */
export const PROVIDERS = [] as const satisfies readonly ProviderDefinition[];

/** Schema of the options of a provider, chosen by `kind`. */
export const providerChoice: Choice<"provider", typeof PROVIDERS> = choice("provider", PROVIDERS);

/** Options of a provider as they are written. */
export type ProviderInput = z.input<typeof providerChoice>;

/** Options of a provider, defaults filled in. */
export type ProviderConfig = z.output<typeof providerChoice>;

/** Makes the provider that options ask for. */
export async function createProvider(config: ProviderConfig): Promise<Provider> {
  return await createFrom<Provider>(PROVIDERS, config);
}
