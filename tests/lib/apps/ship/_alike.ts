/**
 * Whether two values are equal in all that a message keeps: an oracle that shares no code with what it judges. Cycles
 * are assumed equal where they close. Sets and Maps are compared without their order.
 */
export function alike(a: unknown, b: unknown, assumed: ReadonlyMap<unknown, unknown> = new Map()): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (assumed.get(a) === b) return true;
  if (prototypeOf(a) !== prototypeOf(b)) return false;
  const inside = new Map(assumed).set(a, b);
  if (a instanceof Map && b instanceof Map) {
    return matched([...a], [...b], (x, y) => alike(x[0], y[0], inside) && alike(x[1], y[1], inside));
  }
  if (a instanceof Set && b instanceof Set) return matched([...a], [...b], (x, y) => alike(x, y, inside));
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp && b instanceof RegExp) return a.source === b.source && a.flags === b.flags;
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return alike(new Uint8Array(a), new Uint8Array(b));
  if (a instanceof Number || a instanceof String || a instanceof Boolean || a instanceof BigInt) {
    return Object.is(a.valueOf(), b.valueOf());
  }
  if (a instanceof Error && b instanceof Error) {
    const cause = Object.hasOwn(a, "cause") === Object.hasOwn(b, "cause") && alike(a.cause, b.cause, inside);
    return a.message === b.message && cause;
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((k) => Object.hasOwn(b, k) && alike(Reflect.get(a, k), Reflect.get(b, k), inside));
}

/** A null prototype becomes that of Object on every way, so they count as one. */
function prototypeOf(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function matched<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  if (a.length !== b.length) return false;
  const left = [...b];
  return a.every((x) => {
    const at = left.findIndex((y) => same(x, y));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
