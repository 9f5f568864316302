import * as z from "../deps/zod.ts";
import { type Duration, type DurationRules, readDuration, type Reading, readSize, type Size } from "./units.ts";
import { formatDuration, formatSize } from "./units.ts";

/** Schema of an option that is written as one type and used as a number. */
export type UnitSchema<Written> = z.ZodCodec<z.ZodCustom<Written, Written>, z.ZodNumber>;

// One schema each for all options, so that a JSON schema can refer to it. Checked by the codec alone, so that there is
// one wording for a wrong text and a wrong type.
const WRITTEN_DURATION = z.custom<Duration>().meta({ id: "duration", unit: "duration" });
const WRITTEN_SIZE = z.custom<Size>().meta({ id: "size", unit: "size" });

/** Schema of a duration: seconds or a text in, seconds out. */
export function duration(rules: DurationRules = {}): UnitSchema<Duration> {
  return unit(WRITTEN_DURATION, (value) => readDuration(value, rules), formatDuration as (n: number) => Duration);
}

/** Schema of a size: GB or a text in, bytes out. */
export function size(): UnitSchema<Size> {
  return unit(WRITTEN_SIZE, readSize, formatSize as (n: number) => Size);
}

function unit<Written>(
  written: z.ZodCustom<Written, Written>,
  read: (value: unknown) => Reading,
  format: (value: number) => Written,
): UnitSchema<Written> {
  return z.codec(written, z.number(), {
    decode: (value, context) => {
      const reading = read(value);
      if (reading.ok) return reading.value;
      context.issues.push({ code: "custom", message: reading.problem, input: value });
      return z.NEVER;
    },
    encode: format,
  });
}

/** Schema of a function, which a script can give and a file cannot. */
export function scriptFunction<F>(): z.ZodCustom<F, F> {
  return z.custom<F>((value) => typeof value === "function", {
    error: "expected a function, which only a script can give",
  });
}
