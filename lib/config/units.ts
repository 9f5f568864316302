import { ConfigError } from "../errors/config.ts";

/** How long something takes: seconds, or a text such as `"90s"`, `"5m"`, `"1h30m"`, `"0:30:00"`, `"1-00:00:00"`. */
export type Duration =
  | number
  | `${number}${"ms" | "s" | "m" | "h" | "d"}`
  | `${number}${"d" | "h" | "m"}${number}${"h" | "m" | "s" | "ms"}`
  | `${number}${"d" | "h"}${number}${"h" | "m"}${number}${"m" | "s"}`
  | `${number}d${number}h${number}m${number}s`
  | `${number}:${number}:${number}`
  | `${number}-${number}`
  | `${number}-${number}:${number}`
  | `${number}-${number}:${number}:${number}`;

/** How much memory or disk: a number in Parsl's GB (2^30 bytes), or a text such as `"4GiB"`, `"500MB"`, `"512M"`. */
export type Size = number | `${number}${"B" | `${"K" | "M" | "G" | "T" | "P"}${"" | "B" | "iB"}`}`;

/** What was read, or why it could not be. */
export type Reading = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly problem: string };

/** What a duration may be besides positive. */
export interface DurationRules {
  /** Whether 0 means something here; false by default. */
  readonly zero?: boolean | undefined;
}

/** The legal forms of a duration, in words. */
export const DURATION_FORMS = 'a duration is a number of seconds or a text such as "90s", "5m", "1h30m", "0:30:00" ' +
  '(h:mm:ss) or "1-00:00:00" (d-hh:mm:ss)';

/** The legal forms of a size, in words. */
export const SIZE_FORMS = 'a size is a number of GB or a text such as "4GiB", "500MB", "2TB" or "512M"';

type DurationUnit = "ms" | "s" | "m" | "h" | "d";

const SECONDS: Readonly<Record<DurationUnit, number>> = { d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 };
const UNITS = /^(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:ms|[smhd])\s*)+$/i;
const PART = /(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(ms|[smhd])/gi;
/** `d-hh`, `d-hh:mm`, `d-hh:mm:ss` and `h:mm:ss` mean the same to every scheduler. */
const CLOCK = /^(?:(\d+)-(\d+)(?::(\d+)(?::(\d+))?)?|(\d+):(\d+):(\d+))$/;

/** Seconds of a duration; throws a `ConfigError` that names `what` for anything that is not one. */
export function parseDuration(value: unknown, what: string, rules: DurationRules = {}): number {
  return orThrow(readDuration(value, rules), value, what, DURATION_FORMS);
}

/** Bytes of a size; throws a `ConfigError` that names `what` for anything that is not one. */
export function parseSize(value: unknown, what: string): number {
  return orThrow(readSize(value), value, what, SIZE_FORMS);
}

function orThrow(reading: Reading, value: unknown, what: string, expected: string): number {
  if (reading.ok) return reading.value;
  throw new ConfigError(`Cannot use ${showValue(value)} as ${what}: ${reading.problem}`, { got: value, expected });
}

/** Reads a duration without throwing. */
export function readDuration(value: unknown, rules: DurationRules = {}): Reading {
  if (typeof value === "number") return checkSeconds(value, rules);
  if (typeof value !== "string") return problem(DURATION_FORMS);
  const text = value.trim();
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [, days, dayHours, dayMinutes, daySeconds, hours, minutes, seconds] = clock;
    return checkSeconds(
      Number(days ?? 0) * SECONDS.d + Number(dayHours ?? hours ?? 0) * SECONDS.h +
        Number(dayMinutes ?? minutes ?? 0) * SECONDS.m + Number(daySeconds ?? seconds ?? 0),
      rules,
    );
  }
  if (UNITS.test(text)) return sumUnits(text, rules);
  // Slurm and PBS read a:b as minutes and seconds, LSF as hours and minutes: being wrong by 60 is worse than asking.
  const pair = /^(\d+):(\d+)$/.exec(text);
  if (pair !== null) {
    const [, a = "", b = ""] = pair;
    return problem(`two parts can mean h:mm or mm:ss; write "${a}:${b}:00" or "0:${a}:${b}"`);
  }
  // Schedulers read a bare number as minutes, Parsl's own options as seconds.
  if (/^\d+(\.\d+)?$/.test(text)) return problem(`it has no unit; write "${text}s" or "${text}m"`);
  if (/^-/.test(text)) return problem("it is negative");
  return problem(DURATION_FORMS);
}

function sumUnits(text: string, rules: DurationRules): Reading {
  let total = 0;
  let last = Infinity;
  for (const [, amount, letters = ""] of text.matchAll(PART)) {
    const unit = SECONDS[letters.toLowerCase() as DurationUnit]; // the pattern admits nothing else
    if (unit >= last) return problem("its units must go from large to small, each once");
    last = unit;
    // Dividing keeps "500ms" exactly 0.5 where multiplying by 0.001 would not.
    total += unit < 1 ? Number(amount) / 1000 : Number(amount) * unit;
  }
  return checkSeconds(total, rules);
}

function checkSeconds(seconds: number, rules: DurationRules): Reading {
  if (Number.isNaN(seconds)) return problem("it is not a number");
  if (seconds < 0) return problem("it is negative");
  if (seconds === 0 && rules.zero !== true) return problem("it must be longer than 0");
  if (seconds * 1000 > Number.MAX_SAFE_INTEGER) return problem("it is too long");
  return { ok: true, value: seconds + 0 };
}

const EXPONENTS = ["", "K", "M", "G", "T", "P"] as const;
const SIZE = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(?:([KMGTP])(I?B)?|(B))$/i;

/** Reads a size without throwing. */
export function readSize(value: unknown): Reading {
  // Parsl calls it GB and counts 2^30 bytes, and so does Slurm's `--mem=4g`.
  if (typeof value === "number") return checkBytes(value * 1024 ** 3);
  if (typeof value !== "string") return problem(SIZE_FORMS);
  const text = value.trim();
  const match = SIZE.exec(text);
  if (match === null) {
    if (/^\d+(\.\d+)?$/.test(text)) return problem(`it has no unit; write "${text}GB" or "${text}MB"`);
    return problem(/^-/.test(text) ? "it is negative" : SIZE_FORMS);
  }
  const [, amount, letter = "", tail = ""] = match;
  // A letter alone counts in 1024, as in Slurm, ulimit and every JVM.
  const base = tail.toLowerCase() === "b" ? 1000 : 1024;
  return checkBytes(Number(amount) * base ** EXPONENTS.findIndex((e) => e === letter.toUpperCase()));
}

function checkBytes(bytes: number): Reading {
  if (Number.isNaN(bytes)) return problem("it is not a number");
  if (bytes < 0) return problem("it is negative");
  const whole = Math.round(bytes);
  if (whole === 0) return problem("it must be at least 1 byte");
  if (!Number.isSafeInteger(whole)) return problem("it is too large");
  return { ok: true, value: whole };
}

function problem(text: string): Reading {
  return { ok: false, problem: text };
}

/** The shortest text that reads back as exactly these seconds: 5400 is `1h30m`. */
export function formatDuration(seconds: number): string {
  if (!Number.isInteger(seconds)) {
    const ms = seconds * 1000;
    return Number.isInteger(ms) && ms / 1000 === seconds && ms < 1000 ? `${ms}ms` : `${seconds}s`;
  }
  let left = seconds;
  let text = "";
  for (const unit of ["d", "h", "m", "s"] as const) {
    const n = Math.floor(left / SECONDS[unit]);
    left -= n * SECONDS[unit];
    if (n > 0) text += `${n}${unit}`;
  }
  return text === "" ? "0s" : text;
}

/** The shortest text that reads back as exactly these bytes: 4294967296 is `4GiB`. */
export function formatSize(bytes: number): string {
  for (let exponent = EXPONENTS.length - 1; exponent > 0; exponent--) {
    if (bytes % 1024 ** exponent === 0) return `${bytes / 1024 ** exponent}${EXPONENTS[exponent]}iB`;
    if (bytes % 1000 ** exponent === 0) return `${bytes / 1000 ** exponent}${EXPONENTS[exponent]}B`;
  }
  return `${bytes}B`;
}

/** A value as an error shows it: short, text in quotes, and words for what has no short form. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
    case "function":
      return "a function";
    case "undefined":
      return "undefined";
    case "object":
      if (value === null) return "nothing";
      if (Array.isArray(value)) return "a list";
      return isPlain(value) ? "a mapping" : `a ${value.constructor.name}`;
    case "number":
    case "bigint":
    case "boolean":
    case "symbol":
      return String(value);
  }
}

/** Whether a value is an object with nothing but its own keys, as a literal makes it. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
