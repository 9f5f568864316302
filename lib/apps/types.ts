import type { FileOf, FutureOf } from "../brand.ts";
import type { TaskFuture } from "../graph/future.ts";
import type { AppOptions } from "./options.ts";

/** The parameters of any function at all: `unknown[]` would refuse functions with narrower ones. */
// deno-lint-ignore no-explicit-any -- only `any` fits every parameter list.
export type AnyArgs = any[];

/** What is one value and never a container of others. */
export type Whole =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | ArrayBufferView
  | FileOf
  | FutureOf<unknown>
  | ((...args: never[]) => unknown);

/** Containers with futures in place of any of their parts. */
export type Nested<T> = T extends Whole ? T
  : T extends ReadonlyMap<infer K, infer V> ? ReadonlyMap<Given<K>, Given<V>>
  : T extends ReadonlySet<infer V> ? ReadonlySet<Given<V>>
  : T extends object ? { [K in keyof T]: Given<T[K]> }
  : T;

/** What may be given where a T is expected: the value, a future of it, or a container with futures inside. */
export type Given<T> = T | FutureOf<T> | Nested<T>;

/** The arguments of a call, each as itself or as a future. */
export type GivenArgs<A extends readonly unknown[]> = { [I in keyof A]: Given<A[I]> };

/** What a join body gives, with every future replaced by its value. */
export type Joined<T> = T extends FutureOf<infer V> ? V
  : T extends Whole ? T
  : T extends Map<infer K, infer V> ? Map<Joined<K>, Joined<V>>
  : T extends Set<infer V> ? Set<Joined<V>>
  : T extends object ? { -readonly [K in keyof T]: Joined<T[K]> }
  : T;

/** A callable that makes a task of each call. */
export interface App<A extends readonly unknown[], R> {
  /** Calls it: the task starts as soon as every future among the arguments is done. */
  (...args: GivenArgs<A>): TaskFuture<R>;
  /** A copy with other options. */
  with(options: AppOptions): App<A, R>;
  /** Name it is shown by. */
  readonly appName: string;
}
