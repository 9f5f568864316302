/**
 * yaml, by its full specifier (see `zod.ts` beside it for why). It keeps the place of every node, which `@std/yaml`
 * does not, and configuration errors need them.
 *
 * @module
 */
export * from "npm:yaml@2.9.1";
