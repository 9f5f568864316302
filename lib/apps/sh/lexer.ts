import { Refusal } from "./error.ts";
import { Reader } from "./reader.ts";
import { Edges } from "./edges.ts";
import { type Frame, isWords, type Mark, OPENED } from "./frame.ts";
import { EXPANSION, HOLE, type Place } from "./place.ts";
import { placeHole, TAG } from "./hole.ts";
import { Words } from "./words.ts";

/** How a text ends: `comment` and `heredoc` want a newline before anything else may follow. */
export type Ending = "complete" | "comment" | "heredoc";

/**
 * Follows bash over the trusted text of a template and says of each hole where it stands. It reads forward once; what it
 * cannot follow it refuses, since a wrong guess would turn data into code.
 */
export class Lexer extends Reader {
  /** Where each hole stands. */
  readonly places: Place[] = [];
  readonly #edges = new Edges();
  #after: Place | undefined;

  /** Starts in command position. */
  constructor() {
    super();
    this.begin("top", { words: new Words("list", this.integers), pending: [] });
  }

  /** Reads one static part; `marks` are the edges of nested pieces in it. */
  push(text: string, marks: readonly Mark[] = []): void {
    if (text !== "") {
      this.dangling = undefined;
      this.#follow(text.charAt(0));
    }
    let m = 0;
    for (let i = 0; i < text.length || m < marks.length;) {
      const mark = marks[m];
      if (mark?.at === i) {
        this.#edges.pass(mark, this.top, this.stack.at(this.#ending() === "complete" ? -1 : -2), text[i]);
        m++;
        continue;
      }
      const next = this.#step(text, i);
      if (mark !== undefined && next > mark.at) {
        throw new Refusal(mark.label, "it runs into the text around it", "put a space between them");
      }
      for (let k = i; k < next; k++) if (text[k] === "\n") this.row++;
      i = next;
    }
  }

  /** A hole stands here. */
  hole(): void {
    this.#follow("");
    const place = placeHole(this);
    this.places.push(place);
    if (place.quote === "bare") this.#after = place;
    this.dangling = undefined;
  }

  /** The text is over; says how it ended, and refuses what was left open. */
  finish(): Ending {
    this.endWord();
    const ending = this.#ending();
    if (ending !== "complete") this.stack.pop();
    const open = this.top;
    const pending = open.pending?.[0] ?? (this.stack.length === 1 ? undefined : this.stack[0]?.pending?.[0]);
    const tag = open.tag ?? pending;
    if (tag !== undefined) {
      const hint =
        `the line ${tag.tag} must stand alone, at the very start of its line; <<-${tag.tag} allows tabs before it`;
      throw new Refusal(undefined, `the here-document <<${tag.tag} is never closed`, hint);
    }
    if (this.stack.length > 1) {
      const what = `the ${OPENED[open.kind]} opened on line ${open.row} is never closed`;
      throw new Refusal(undefined, what, "close it in the same template: the pieces of a script must each be complete");
    }
    return ending;
  }

  /** What stands right after a bare hole may change how it is read. */
  #follow(c: string): void {
    const place = this.#after;
    this.#after = undefined;
    if (place === undefined || /^[\s;|&)]/.test(c)) return;
    place.list ??= "it must stand alone in its word";
    const words = this.words();
    if (c === "(" && words?.mode !== "cond") {
      throw new Refusal(place.hole, "a ( follows it", "a function needs its name in the template");
    }
    if (words?.delicate === true || !/^[\w./:=%,'"$`-]?$/.test(c)) place.force = true;
  }

  /** How the text would end here. */
  #ending(): Ending {
    const { kind, tag } = this.top;
    if (kind === "comment") return "comment";
    return tag !== undefined && this.documents.ends(tag) ? "heredoc" : "complete";
  }

  /** Reads one construct at `i`; the index after it. */
  #step(s: string, i: number): number {
    const { top } = this;
    const inDocument = this.documents.active;
    const next = isWords(top) ? this.#stepBare(s, i, top) : this.stepQuoted(s, i, top);
    if (next > s.length) this.dangling = "backslash";
    if (inDocument) this.documents.read(s.slice(i, next), top.tag, this.tags());
    return next;
  }

  #stepBare(s: string, i: number, top: Frame & { readonly words: Words }): number {
    const c = s.charAt(i);
    const { words } = top;
    switch (c) {
      case " ":
      case "\t":
        this.endWord();
        return i + 1;
      case "\n":
        this.endWord();
        return this.newline(i);
      case "\\":
        if (s[i + 1] !== "\n") return this.quoted(s.slice(i + 1, i + 2), i + 2);
        if (/[<>(&;|]$/.test(s.slice(0, i).replace(/(?:\\\n)+$/, "")) && /^(?:\\\n)+[<>(&;|]/.test(s.slice(i))) {
          this.refuse("a backslash and newline split an operator", "join the two lines");
        }
        return i + 2;
      case "'":
      case '"':
        words.quote();
        return this.open(c === "'" ? "single" : "double", i + 1);
      case "#":
        if (!words.inWord) return this.open("comment", i + 1);
        break;
      case "$":
      case "`":
        return this.dollar(s, i, false);
      case ";":
      case "&":
      case "|":
        return this.#operator(s, i);
      case "<":
      case ">":
        return this.#angle(s, i, words);
      case "(":
        return this.#parenthesis(s, i, top);
      case ")":
        return this.#close(i);
      case "[":
        if (words.takesSubscript) {
          words.add("[", false);
          words.add(EXPANSION, false);
          this.begin("bracket", { after: "subscript" });
          return i + 1;
        }
        break;
    }
    words.add(c, false);
    return i + 1;
  }

  #operator(s: string, i: number): number {
    this.endWord();
    const { top } = this;
    const c = s.charAt(i);
    const { words } = top;
    if (words === undefined || words.mode === "cond") return i + 1;
    if (words.mode === "array") this.#refuseInArray(c);
    if (words.mode === "pattern" || words.mode === "subject") return i + 1;
    if (top.kind === "case" && c === ";" && (s[i + 1] === ";" || s[i + 1] === "&")) {
      words.pattern();
      return i + (s.startsWith(";;&", i) ? 3 : 2);
    }
    if (c === "&" && s[i + 1] === ">") return this.#angle(s, i + 1, words);
    words.next();
    return i + 1;
  }

  #angle(s: string, i: number, words: Words): number {
    if (s[i + 1] === "(") {
      words.add(EXPANSION, false);
      this.beginCommands();
      return i + 2;
    }
    if (!words.dropFd()) this.endWord();
    const after = this.top.words;
    if (after === undefined || after.mode === "cond") return i + 1;
    const operator = /^(?:<<<|<<-?|<>|<&|>>|>&|>\||<|>)/.exec(s.slice(i, i + 3))?.[0] ?? "";
    if (after.mode === "array") this.#refuseInArray(s.charAt(i));
    if (operator !== "<<" && operator !== "<<-") {
      after.redirect = operator.endsWith("&") ? "descriptor" : "file";
      return i + operator.length;
    }
    after.redirect = undefined;
    return this.#readTag(s, i + operator.length, operator === "<<-");
  }

  #readTag(s: string, from: number, strip: boolean): number {
    const m = /^(?:[ \t]|\\\n)*((?:'[^'\n]*'|"[^"\\$`\n]*"|\\[^\n]|[^\s;&|<>()$`"'\\])+)/.exec(s.slice(from));
    const end = from + (m?.[0].length ?? 0);
    const rest = s[end];
    if (m?.[1] === undefined || (rest !== undefined && !/[\s;&|<>)]/.test(rest))) {
      throw new Refusal(rest === undefined ? this.places.length : undefined, ...TAG);
    }
    if (rest === undefined) this.dangling = "tag";
    const tag = m[1].replace(
      /'([^']*)'|"([^"]*)"|\\(.)/g,
      (_, a?: string, b?: string, d?: string) => a ?? b ?? d ?? "",
    );
    const parser = this.stack.findLast((f) => f.pending !== undefined);
    parser?.pending?.push({ tag, quoted: tag !== m[1], strip, nested: parser.kind === "subst" });
    return end;
  }

  #parenthesis(s: string, i: number, top: Frame & { readonly words: Words }): number {
    const { words } = top;
    if (words.mode === "cond") return words.inWord ? this.#bare("(", i + 1) : i + 1;
    if (words.mode === "array") this.#refuseInArray("(");
    if (words.inWord) {
      if (words.takesArray) {
        const demand = words.demand();
        const given = demand.kind === "integer" ? demand : undefined;
        words.add(EXPANSION, false);
        this.begin("array", { words: new Words("array", this.integers, given) });
        return i + 1;
      }
      if (words.text.includes(HOLE)) {
        throw new Refusal(this.places.length - 1, "a ( follows its word", "a function needs its name in the template");
      }
      if (/[?*+@!]$/.test(words.text) && (words.text !== "!" || words.mode !== "list")) {
        words.add(EXPANSION, false);
        this.begin("paren", { words: new Words("pattern", this.integers) });
        return i + 1;
      }
      // `if((…))`, `!(…)` and `[[(…)…`, or the name of a function.
      this.endWord();
      if (isWords(this.top)) return this.#parenthesis(s, i, this.top);
    }
    if (words.mode === "pattern" && top.kind === "case") {
      words.parenthesis();
      return i + 1;
    }
    if (words.mode !== "list") this.refuse("a ( cannot stand here", "quote it");
    if (words.takesArithmetic && s[i + 1] === "(") {
      this.begin("arith", { after: "command" });
      return i + 2;
    }
    this.begin("paren", { words: new Words("list", this.integers), after: "command" });
    return i + 1;
  }

  #close(i: number): number {
    if (this.top.words?.mode === "cond" && this.top.words.text.includes("(")) return this.#bare(")", i + 1);
    this.endWord();
    const { top } = this;
    if (top.kind === "cond") return i + 1;
    if (top.pending?.[0] !== undefined && top.kind === "subst") {
      const hint = `put the ) on a line of its own after the line ${top.pending[0].tag}`;
      throw new Refusal(undefined, `the here-document <<${top.pending[0].tag} is never closed`, hint);
    }
    if (top.kind === "case" && top.words?.mode === "pattern") {
      top.words.body();
      return i + 1;
    }
    if (top.kind !== "subst" && top.kind !== "paren" && top.kind !== "array") {
      this.refuse("a ) closes nothing", "quote it, or open it in the same template");
    }
    this.stack.pop();
    if (top.after === "command") this.top.words?.compound();
    return i + 1;
  }

  /** After such a mistake bash goes on with the next line, which may be the second line of a value. */
  #refuseInArray(c: string): never {
    this.refuse(`a ${c} cannot stand in an array`, "quote it");
  }

  #bare(text: string, next: number): number {
    this.top.words?.add(text, false);
    return next;
  }
}
