import { type FileOf, type FutureOf, isFile, isFuture } from "../../brand.ts";
import { Filler } from "./filler.ts";

/** A file as a function app is given it. */
export interface PlainFile {
  /** Says that it is a file. */
  readonly kind: "file";
  /** Where it is, as a URL. */
  readonly url: string;
  /** Where it is on this machine. */
  readonly path: string;
}

/**
 * Puts values in the places of futures and plain objects in the places of files. What `prepareArguments` made stays
 * as it is, for the next try: containers around a future or a file are made anew, all others are used as they are.
 */
export function fillIn(values: readonly unknown[], valueOf: (f: FutureOf<unknown>) => unknown): unknown[] {
  const filled: unknown[] = [];
  let filler: Filler | undefined;
  for (const value of values) {
    if (typeof value !== "object" || value === null) filled.push(value);
    else if (isFuture(value) || isFile(value)) filled.push(leaf(value, valueOf));
    else {
      // What arguments share stays shared, so one filler looks at them all.
      filler ??= new Filler(values, isLeaf, (found) => leaf(found, valueOf));
      filled.push(filler.fill(value));
    }
  }
  return filled;
}

function isLeaf(value: unknown): boolean {
  return isFuture(value) || isFile(value);
}

function leaf(value: unknown, valueOf: (f: FutureOf<unknown>) => unknown): unknown {
  const known = isFuture(value) ? valueOf(value) : value;
  return isFile(known) ? plainFile(known) : known;
}

function plainFile(file: FileOf): PlainFile {
  return { kind: "file", url: file.url, path: file.path };
}
