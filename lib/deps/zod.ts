/**
 * zod, by its full specifier: a user's script that imports `mod.ts` by path runs under the import map of its own
 * folder, where the bare name means nothing. `deno.json` maps the bare name to the same version.
 *
 * @module
 */
export * from "npm:zod@4.6.7";
