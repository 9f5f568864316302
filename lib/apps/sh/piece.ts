import { type FileOf, type FutureOf, isFile, isFuture } from "../../brand.ts";
import { LIST_HINT } from "./edges.ts";
import { TemplateError } from "./error.ts";
import { flatten, isStructural, labelOf, resolved } from "./flatten.ts";
import type { Ending } from "./lexer.ts";
import { isSh, SH, type Source } from "./mark.ts";
import type { Place } from "./place.ts";
import { type Plan, readPlan } from "./plan.ts";
import { encode } from "./quote.ts";
import { textOf } from "./value.ts";

/** What may stand in a hole by itself. */
export type HoleScalar = string | number | bigint | URL | FileOf | Sh;
/** What may stand in a hole of a template: a value, a list of words, or a future of either. */
export type Hole =
  | HoleScalar
  | FutureOf<HoleScalar | readonly HoleScalar[]>
  | readonly (HoleScalar | FutureOf<HoleScalar>)[];

/** Static parts of a template and, once read, where its holes stand. */
interface Site {
  readonly strings: readonly string[];
  readonly raw: boolean;
  plan: Plan | undefined;
}

/** Each template in the source of the script is read once, however often it is filled in. */
const SITES = new WeakMap<TemplateStringsArray, Site>();

/** A piece of shell: trusted text with values in its holes, quoted for where each stands. Immutable; nests in other pieces. */
export class Sh {
  /** What stands in its holes; nested pieces included. */
  readonly holes: readonly unknown[];
  readonly #site: Site;
  /** The text, when nothing in it has to be waited for. */
  readonly #text: string | undefined;

  /** Checks a template and all of its values that are known; throws a `TemplateError` for what cannot stand in it. */
  private constructor(site: Site, holes: readonly unknown[]) {
    this.#site = site;
    // A list may be changed by its owner later on; the piece must not change with it.
    this.holes = holes.some(Array.isArray) ? holes.map((hole) => Array.isArray(hole) ? [...hole] : hole) : holes;
    this.#text = site.raw ? site.strings[0] ?? "" : this.#write(this.holes, false);
  }

  /** Makes a piece of a tagged template. */
  static from(strings: TemplateStringsArray, holes: readonly unknown[]): Sh {
    return new Sh(siteOf(strings), holes);
  }

  /** Makes a piece of text that is the author's own code. */
  static raw(text: string): Sh {
    if (typeof text !== "string") throw new TemplateError("Cannot use sh.raw: its text is no string", "pass a string");
    return new Sh({ strings: [clean(text)], raw: true, plan: undefined }, []);
  }

  /** Whether a value is a piece of shell. */
  static isSh(value: unknown): value is Sh {
    return isSh(value);
  }

  /**
   * What it is made of, for the piece it is put into.
   *
   * @ignore
   */
  get [SH](): Source {
    return { strings: this.#site.strings, raw: this.#site.raw, ending: () => this.#ending() };
  }

  /** Visits every future and file in the holes, also inside lists and nested pieces. */
  walk(visit: (leaf: unknown) => void): void {
    walkHoles(this.holes, visit);
  }

  /** The text for bash; `resolve` gives the value of a future. Throws a `TemplateError` for a value that cannot stand in its place. */
  render(resolve?: (future: FutureOf<unknown>) => unknown): string {
    if (this.#text !== undefined) return this.#text;
    return this.#write(resolved(this.holes, resolve), true, resolve) ?? "";
  }

  /** The text; undefined when it has to wait for a future or a file and `final` does not say that it is time. */
  #write(
    holes: readonly unknown[],
    final: boolean,
    resolve?: (future: FutureOf<unknown>) => unknown,
  ): string | undefined {
    if (holes.length !== this.#site.strings.length - 1) {
      throw new TemplateError("Cannot read the template: its parts and its values do not match in number");
    }
    const flat = holes.some(isStructural) ? flatten(this, holes, resolve) : undefined;
    const plan = flat?.plan ?? this.#plan();
    const values = flat?.values ?? holes;
    let text: string | undefined = plan.strings[0] ?? "";
    let i = 0;
    const label = (): string => flat?.labels[i] ?? labelOf(i, holes.length);
    for (; i < values.length; i++) {
      const place = plan.places[i];
      if (place === undefined) break;
      const part = writeHole(values[i], place, label, final);
      if (part === undefined) text = undefined;
      else if (text !== undefined) text += part + (plan.strings[i + 1] ?? "");
    }
    return text;
  }

  #plan(): Plan {
    const { strings } = this.#site;
    return this.#site.plan ??= readPlan(strings, [], strings.slice(1).map((_, i) => labelOf(i, strings.length - 1)));
  }

  #ending(): Ending {
    return this.holes.some(isStructural) ? flatten(this, this.holes, undefined).plan.ending : this.#plan().ending;
  }
}

function siteOf(strings: TemplateStringsArray): Site {
  let site = SITES.get(strings);
  if (site === undefined) {
    if (!Array.isArray(strings?.raw)) {
      throw new TemplateError("Cannot read the template: it was called as a function", "write sh`…`, or sh.raw(text)");
    }
    // Only what JavaScript itself makes a template escape is unescaped; bash sees the rest as it was typed.
    site = {
      strings: strings.raw.map((text) => clean(text.replace(/\\(`|\$\{)/g, "$1"))),
      raw: false,
      plan: undefined,
    };
    SITES.set(strings, site);
  }
  return site;
}

function clean(text: string): string {
  if (text.includes("\0")) throw new TemplateError("Cannot read the template: it has a NUL byte", "remove it");
  return text;
}

/** The text of one hole; undefined when it has to wait. */
function writeHole(value: unknown, place: Place, label: () => string, final: boolean): string | undefined {
  if (typeof value !== "object" || value === null) return encode(textOf(value, label), place, label);
  if (!Array.isArray(value)) return writeOne(value, place, label, final);
  if (place.list !== undefined) {
    throw new TemplateError(`Cannot use ${label()}: a list cannot stand here: ${place.list}`, LIST_HINT);
  }
  const words: string[] = [];
  let i = 0;
  const element = (): string => `element ${i + 1} of ${label()}`;
  // Not a mapping: that would pass over the gaps of a sparse list.
  for (; i < value.length; i++) {
    const word = writeOne(value[i], place, element, final);
    if (word !== undefined) words.push(word);
  }
  return words.length < value.length ? undefined : words.join(" ");
}

function writeOne(value: unknown, place: Place, label: () => string, final: boolean): string | undefined {
  if (!final && (isFuture(value) || isFile(value))) return undefined;
  return encode(textOf(value, label), place, label);
}

function walkHoles(holes: readonly unknown[], visit: (leaf: unknown) => void): void {
  for (const hole of holes) {
    if (Array.isArray(hole)) walkHoles(hole, visit);
    else if (isSh(hole)) walkHoles(hole.holes, visit);
    else if (isFuture(hole) || isFile(hole)) visit(hole);
  }
}
