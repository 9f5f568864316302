/**
 * Types of the parts of `npm:deno-std` that are used: the package is the code of `@std/*` without its types, and
 * without these every import of it would silently be `any`.
 */

declare module "@std/assert" {
  // deno-lint-ignore no-explicit-any -- a class is known by what it makes; only `any` fits every parameter list.
  type ClassOf<T> = abstract new (...args: any[]) => T;

  export class AssertionError extends Error {}
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  export function assertFalse(expr: unknown, msg?: string): asserts expr is false;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertInstanceOf<T>(actual: unknown, type: ClassOf<T>, msg?: string): asserts actual is T;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertObjectMatch(
    actual: Record<PropertyKey, unknown>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: ClassOf<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
  export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
  export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T;
  export function assertNotStrictEquals(actual: unknown, expected: unknown, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    ErrorClass: ClassOf<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertThrows(fn: () => unknown, msg?: string): unknown;
  export function fail(msg?: string): never;
}

declare module "@std/path" {
  export const SEPARATOR: string;
  export function basename(path: string, suffix?: string): string;
  export function dirname(path: string): string;
  export function extname(path: string): string;
  export function fromFileUrl(url: string | URL): string;
  export function isAbsolute(path: string): boolean;
  export function join(...paths: string[]): string;
  export function normalize(path: string): string;
  export function relative(from: string, to: string): string;
  export function resolve(...paths: string[]): string;
  export function toFileUrl(path: string): URL;
}

declare module "@std/cli" {
  export interface ParseOptions {
    readonly boolean?: readonly string[] | undefined;
    readonly string?: readonly string[] | undefined;
    readonly collect?: readonly string[] | undefined;
    readonly negatable?: readonly string[] | undefined;
    readonly default?: Readonly<Record<string, unknown>> | undefined;
    readonly alias?: Readonly<Record<string, string | readonly string[]>> | undefined;
    readonly "--"?: boolean | undefined;
    readonly stopEarly?: boolean | undefined;
    readonly unknown?: ((arg: string, key?: string, value?: unknown) => unknown) | undefined;
  }
  export interface ParsedArgs {
    readonly _: (string | number)[];
    readonly [key: string]: unknown;
  }
  export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
}
