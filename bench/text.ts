/** The first line of what a program wrote. */
export function firstLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).split("\n", 1)[0]?.trim() ?? "";
}

/** The last line of what a program wrote that is not empty. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

/** The line of what a program wrote to stderr that says most: the first that names an error, else the last. */
export function errorLine(text: string): string {
  return text.split("\n").find((line) => /^\s*(?:\w*error|cannot)\b/i.test(line))?.trim() ?? lastLine(text);
}

/** A number with three digits that mean something, and thousands apart. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: Math.min(digits, 2),
    maximumFractionDigits: Math.min(digits, 3),
  });
}
