/** A token of JavaScript or TypeScript, as far as imports need it. */
interface Token {
  readonly kind: "word" | "text" | "sign";
  /** The word, the characters between the quotes, or the sign. */
  readonly value: string;
}

/**
 * The specifiers a module imports when it runs: `import … from`, `export … from`, `import "…"` and `import("…")` with
 * a literal. Type-only imports are left out, as they leave no trace. A scanner and not a parser, because nothing that
 * parses TypeScript is small enough to load for this.
 */
export function importSpecifiers(source: string): string[] {
  const tokens = tokenize(source);
  const found = new Set<string>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token?.kind !== "word" || isSign(tokens[i - 1], ".")) continue;
    let specifier: string | undefined;
    if (token.value === "import") specifier = imported(tokens, i + 1);
    else if (token.value === "export") specifier = reexported(tokens, i + 1);
    if (specifier !== undefined) found.add(specifier);
  }
  return [...found];
}

function isSign(token: Token | undefined, value: string): boolean {
  return token?.kind === "sign" && token.value === value;
}

function isWord(token: Token | undefined, value: string): boolean {
  return token?.kind === "word" && token.value === value;
}

function textOf(token: Token | undefined): string | undefined {
  return token?.kind === "text" ? token.value : undefined;
}

function imported(tokens: readonly Token[], at: number): string | undefined {
  const next = tokens[at];
  if (isSign(next, "(")) {
    const after = tokens[at + 2];
    return isSign(after, ")") || isSign(after, ",") ? textOf(tokens[at + 1]) : undefined;
  }
  if (next?.kind === "text") return next.value;
  return isTypeOnly(tokens, at) ? undefined : fromClause(tokens, at);
}

function reexported(tokens: readonly Token[], at: number): string | undefined {
  return isSign(tokens[at], "*") || isSign(tokens[at], "{") ? fromClause(tokens, at) : undefined;
}

/** `import type {…}` or `import type X from`, but not `import type from` and `import type, {…} from`. */
function isTypeOnly(tokens: readonly Token[], at: number): boolean {
  if (!isWord(tokens[at], "type")) return false;
  const next = tokens[at + 1];
  if (isSign(next, ",")) return false;
  return !(isWord(next, "from") && tokens[at + 2]?.kind === "text");
}

/** The text after `from`, when only names, braces, commas and stars stand before it. */
function fromClause(tokens: readonly Token[], at: number): string | undefined {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) return undefined;
    if (token.kind === "word" && token.value === "from" && depth === 0 && tokens[i + 1]?.kind === "text") {
      return textOf(tokens[i + 1]);
    }
    if (isSign(token, "{")) depth++;
    else if (isSign(token, "}")) depth--;
    else if (token.kind === "sign" && token.value !== "," && token.value !== "*") return undefined;
    else if (token.kind === "text" && depth === 0) return undefined;
  }
  return undefined;
}

/** Words after which a slash begins a regular expression. */
const BEFORE_REGEXP = new Set(
  "return typeof case in of delete void throw new else do yield await instanceof".split(" "),
);
/** Words whose parentheses are followed by a statement, not by a division. */
const HEADS = new Set(["if", "while", "for", "with"]);

const SPACE = /\s+/y;
const COMMENT = /\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?(?:\*\/|$)/y;
const WORD = /[\p{ID_Start}$_#@\\][\p{ID_Continue}$\u200c\u200d\\]*/uy;
const NUMBER = /\.?\d[\w.]*/y;
/** An unclosed quote ends with its line: it is text of JSX or a slip of ours, and must not swallow the file. */
const TEXT = /'((?:[^'\\\n]|\\[^])*)(?:'|(?=\n)|$)|"((?:[^"\\\n]|\\[^])*)(?:"|(?=\n)|$)/y;
const REGEXP = /\/(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/y;
const TEMPLATE_PIECE = /(?:[^\\`$]|\\[^]|\$(?!\{))*/y;

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  /** For each open parenthesis, whether a statement follows it. */
  const parens: boolean[] = [];
  /** For each open brace, whether it is the hole of a template. */
  const braces: boolean[] = [];
  let statementFollows = false;
  let at = 0;

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    if (found === undefined || found === "") return undefined;
    at += found.length;
    return found;
  }
  /** Goes on in a template from after its backtick or the end of a hole. */
  function template(opening: boolean): void {
    const piece = match(TEMPLATE_PIECE) ?? "";
    if (source.startsWith("${", at)) {
      at += 2;
      braces.push(true);
      tokens.push({ kind: "sign", value: "${" });
      return;
    }
    at++;
    tokens.push(opening ? { kind: "text", value: piece } : { kind: "sign", value: "`" });
  }
  function regexpMayFollow(): boolean {
    const last = tokens.at(-1);
    if (last === undefined) return true;
    if (last.kind === "word") return BEFORE_REGEXP.has(last.value);
    if (last.kind === "text" || last.value === "]" || last.value === "`" || last.value === "0") return false;
    return last.value === ")" ? statementFollows : true;
  }

  while (at < source.length) {
    if (match(SPACE) !== undefined || match(COMMENT) !== undefined) continue;
    const char = source.charAt(at);
    const word = match(WORD);
    if (word !== undefined) {
      tokens.push({ kind: "word", value: word });
    } else if (match(NUMBER) !== undefined) {
      tokens.push({ kind: "sign", value: "0" });
    } else if (char === "'" || char === '"') {
      const text = match(TEXT) ?? "";
      if (text === "") at++;
      tokens.push({ kind: "text", value: unquote(text) });
    } else if (char === "`") {
      at++;
      template(true);
    } else if (char === "/" && regexpMayFollow() && match(REGEXP) !== undefined) {
      tokens.push({ kind: "sign", value: "0" });
    } else {
      at++;
      if (char === "(") {
        const last = tokens.at(-1);
        parens.push(last?.kind === "word" && HEADS.has(last.value));
      } else if (char === ")") {
        statementFollows = parens.pop() ?? false;
      } else if (char === "{") {
        braces.push(false);
      } else if (char === "}" && braces.pop() === true) {
        template(false);
        continue;
      }
      tokens.push({ kind: "sign", value: char });
    }
  }
  return tokens;
}

function unquote(text: string): string {
  const inner = text.slice(1, text.length > 1 && text.endsWith(text.charAt(0)) ? -1 : undefined);
  // The escapes nobody writes in a specifier (\u0061) stay as they are: such an import counts by its text.
  return inner.replace(/\\(['"\\/])/g, "$1");
}
