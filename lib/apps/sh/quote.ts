import { TemplateError } from "./error.ts";
import { HOLE, type Place } from "./place.ts";

/** Words that bash treats in a way of its own in some places. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "if then else elif fi case esac for select while until do done in function time coproc"
  ).split(" "),
);
// An = could make an assignment of the word, a comma a brace expansion; `-x=1` can do neither.
const PLAIN = /^(?:[\w@%+:./-]+|--?\w[\w@%+=:./-]*)$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const MAX = 2n ** 63n;

/** Quotes a text as one bare word of bash, wherever a word may stand. */
export function quoteWord(text: string): string {
  return PLAIN.test(text) && !RESERVED.has(text) ? text : single(text);
}

/** The text of a value as it is written in its place; throws when it cannot stand there. */
export function encode(text: string, place: Place, label: () => string): string {
  if (place.demand.kind !== "text") check(text, place, label);
  if (place.fragile && (text.includes("\x01") || text.includes("\x7f"))) {
    const [close, open] = place.quote === "double" ? ['"', '"'] : ["'", "$'"];
    return close + encode(text, { ...place, quote: "bare", fragile: false, force: true }, label) + open;
  }
  if (place.line !== undefined) return encodeInDocument(text, place, label);
  switch (place.quote) {
    case "bare":
      if (place.force) return place.braces && INTEGER.test(text) ? text : single(text);
      return quoteWord(text);
    case "double":
    case "heredoc":
      return /[\\"$`]/.test(text) ? text.replace(place.quote === "double" ? /[\\"$`]/g : /[\\$`]/g, "\\$&") : text;
    case "single":
      return text.replaceAll("'", "'\\''");
    case "ansi":
      return text.replace(/[\\']/g, "\\$&");
    case "arith":
      return place.signed && text.startsWith("-") ? ` ${text}` : text;
  }
}

function single(text: string): string {
  return `'${text.includes("'") ? text.replaceAll("'", "'\\''") : text}'`;
}

function ansi(text: string): string {
  return text.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n");
}

/** Refuses a text that bash would evaluate once more after its quotes are gone. */
function check(text: string, place: Place, label: () => string): void {
  const { demand } = place;
  switch (demand.kind) {
    case "text":
      return;
    case "integer":
      if (INTEGER.test(text) && BigInt(text) < MAX && BigInt(text) >= -MAX) return;
      throw new TemplateError(
        `Cannot use ${label()}: only an integer may stand in ${demand.why}, but it is ${show(text)}`,
        "bash would evaluate any other text as an expression, commands in it included",
      );
    case "name":
      if (!/^[-+]|\[|^\w*\+?=\(/.test(text)) return;
      throw new TemplateError(
        `Cannot use ${label()}: ${demand.why} takes the name of a variable, but it is ${show(text)}`,
        "a name has no option before it and no subscript: bash would run commands in the subscript",
      );
    case "value":
      if (!text.startsWith("(")) return;
      throw new TemplateError(
        `Cannot use ${label()}: ${demand.why} runs a value that begins with (, and it is ${show(text)}`,
        `declare the name first and assign in a command of its own: ${demand.why} x; x=\${…}`,
      );
    case "format":
      if (!text.startsWith("-v")) return;
      throw new TemplateError(
        `Cannot use ${label()}: as the first argument of printf, ${show(text)} is an option`,
        "write a format: printf %s ${…}",
      );
  }
}

/**
 * Bash reads a here-document line by line before it looks into it: no line may become the tag, and around `$(…)` even
 * a backslash before a newline in single quotes would vanish.
 */
function encodeInDocument(text: string, place: Place, label: () => string): string {
  if (place.line?.inner !== true) {
    const lines = text.replace(/[\\$`]/g, "\\$&").split("\n");
    const last = lines.length - 1;
    const apart = lines.map((l, i) => ends(l, place, i === 0, i === last) || loses(l, place, i === 0));
    return lines.map((l, i) => apart[i] ? `\${_+}${l}` : l).join("\n");
  }
  const { out, apart } = encodeOnOneLine(text, place);
  if (!ends(out, place, true, true) && !loses(out, place, true)) return out;
  if (apart !== undefined) return apart + out;
  const tags = place.line.tags.map((t) => t.tag).join(", ");
  throw new TemplateError(
    `Cannot use ${label()}: with it a line would end the here-document ${tags}`,
    "use another tag",
  );
}

/** The text without a newline, and what can stand before it to keep the line from being a tag. */
function encodeOnOneLine(text: string, place: Place): { out: string; apart: string | undefined } {
  switch (place.quote) {
    case "bare": {
      if (place.braces && INTEGER.test(text)) return { out: text, apart: undefined };
      return { out: text.includes("\n") ? `$'${ansi(text)}'` : single(text), apart: undefined };
    }
    case "double":
      return { out: text.replace(/[\\"$`]/g, "\\$&").replaceAll("\n", () => `"$'\\n'"`), apart: `""` };
    case "single":
      // A backslash at the end could meet a newline in the template.
      return {
        out: text.replaceAll("'", "'\\''").replaceAll("\n", () => "'$'\\n''").replace(/\\$/, () => "'$'\\\\''"),
        apart: "''",
      };
    case "ansi":
      return { out: ansi(text), apart: "'$'" };
    case "arith":
    case "heredoc":
      return { out: place.signed && text.startsWith("-") ? ` ${text}` : text, apart: undefined };
  }
}

/** Whether `<<-` would take tabs off the beginning of the text. */
function loses(text: string, place: Place, first: boolean): boolean {
  const { line } = place;
  if (line === undefined || !text.startsWith("\t") || !line.tags.some((t) => t.strip)) return false;
  return !first || /^\t*$/.test(line.text.split(HOLE)[line.index] ?? "");
}

/** Whether the line around the hole could be the end of its document; later holes of the line may hold anything. */
function ends(text: string, place: Place, first: boolean, last: boolean): boolean {
  const { line } = place;
  // What begins the line is looked at where it stands: a line that cannot begin with the tag cannot be it.
  if (line === undefined || (first && line.index > 0)) return false;
  const parts = line.text.split(HOLE);
  const whole = (first ? parts[line.index] ?? "" : "") + text + (last ? parts[line.index + 1] ?? "" : "");
  const open = last && line.index + 2 < parts.length;
  return line.tags.some(({ tag, strip, nested }) => {
    const seen = strip ? whole.replace(/^\t+/, "") : whole;
    return tag === seen || (open && tag.startsWith(seen)) || (nested && seen.startsWith(tag));
  });
}

/** A short, visible form of a value for messages. */
function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
