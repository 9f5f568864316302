/** A module that shipped functions import. */
export function triple(x: number): number {
  return x * 3;
}
