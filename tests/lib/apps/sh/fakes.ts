import { FILE, type FileOf, FUTURE, type FutureOf } from "../../../../lib/brand.ts";

/** A future as far as templates look at it. */
export function futureOf<T>(id: number): FutureOf<T> {
  return {
    [FUTURE]: true,
    id,
    then: () => {
      throw new Error("a template must not wait by itself");
    },
  };
}

/** A file as far as templates look at it. */
export function fileOf(path: string): FileOf {
  return { [FILE]: "output", url: `file://${path}`, path };
}
