/** A task of a module, for tests. */
export function fit(a: number, b: number): number {
  return a + b;
}

/** Something else that the module exports. */
export const VALUE = 5;
