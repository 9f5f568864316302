/** The few ways in which words stand out. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "plain";

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, plain: 0 };

/** The text in a style, or as it is when `color` is off. */
export function paint(text: string, style: Style, color: boolean): string {
  return !color || style === "plain" || text.trim() === "" ? text : `\x1b[${CODES[style]}m${text}\x1b[0m`;
}
