/**
 * acorn, by its full specifier (see `zod.ts` beside it for why).
 *
 * @module
 */
export * from "npm:acorn@8.19.0";
