import { INTEGERS } from "./commands.ts";
import { Documents } from "./documents.ts";
import { type Culprit, Refusal } from "./error.ts";
import { type Frame, isWords } from "./frame.ts";
import type { Dangling } from "./hole.ts";
import { EXPANSION, type Tag } from "./place.ts";
import { Words } from "./words.ts";

/** What is open in a script, and the reading of everything in quotes and brackets; each step returns the next index. */
export abstract class Reader {
  /** Open quotes, brackets and commands, outermost first. */
  readonly stack: Frame[] = [];
  /** What ends the part right before a hole and would run into it. */
  dangling: Dangling;
  /** Lines of here-documents. */
  readonly documents: Documents = new Documents();
  /** Variables known to be integers. */
  protected readonly integers: Set<string> = new Set(INTEGERS);
  /** Line of the template, from 1. */
  protected row = 1;

  /** The innermost frame. */
  get top(): Frame {
    const top = this.stack.at(-1);
    if (top === undefined) throw new Error("the stack of the template reader is empty");
    return top;
  }

  /** The innermost frame that holds words, under any quotes. */
  base(): Frame {
    return this.stack.findLast((f) => f.kind !== "single" && f.kind !== "double" && f.kind !== "ansi") ?? this.top;
  }

  /** Words that the text belongs to, if it belongs to any. */
  words(): Words | undefined {
    return this.base().words;
  }

  protected begin(kind: Frame["kind"], extra: Partial<Frame> = {}): void {
    this.stack.push({ kind, row: this.row, depth: 0, text: "", ...extra });
  }

  /** Opens a list of commands of its own, such as `$(`. */
  protected beginCommands(): void {
    this.begin("subst", { words: new Words("list", this.integers), pending: [] });
  }

  protected refuse(what: string, hint: string, culprit?: Culprit): never {
    throw new Refusal(culprit, `${what} (line ${this.row})`, hint, true);
  }

  protected stepQuoted(s: string, i: number, top: Frame): number {
    const c = s.charAt(i);
    switch (top.kind) {
      case "single":
        return c === "'" ? this.pop(i + 1) : this.quoted(c, i + 1);
      case "ansi":
        if (c === "\\") {
          top.text += s.slice(i, i + 2);
          return this.quoted(s.slice(i, i + 2), i + 2);
        }
        top.text += c;
        return c === "'" ? this.pop(i + 1) : this.quoted(c, i + 1);
      case "double":
        if (c === "\\") return this.quoted(s[i + 1] === "\n" ? "" : s.slice(i + 1, i + 2), i + 2);
        if (c === '"') return this.pop(i + 1);
        return this.dollar(s, i, true);
      case "comment":
        if (c !== "\n") return i + 1;
        this.stack.pop();
        return this.newline(i);
      case "backtick":
        if (c === "\\") return i + 2;
        return c === "`" ? this.pop(i + 1) : i + 1;
      case "heredoc":
        if (c === "\n" && top.tag !== undefined && this.documents.ends(top.tag)) {
          this.stack.pop();
          this.openDocument();
        }
        if (top.tag?.quoted === true || c === "\n") return i + 1;
        return c === "\\" ? i + 2 : this.dollar(s, i, true);
      case "param":
        return this.#stepParam(s, i, top);
      case "arith":
      case "bracket":
        return this.#stepArith(s, i, top);
      case "top":
      case "subst":
      case "paren":
      case "case":
      case "cond":
      case "array":
        throw new Error(`${top.kind} holds words and is no quote`);
    }
  }

  #stepParam(s: string, i: number, top: Frame): number {
    const c = s.charAt(i);
    if (top.text === "" && /[#!$?*@-]/.test(c)) {
      top.text = c;
      return i + 1;
    }
    if (top.text === "" && /[\s|]/.test(c)) this.refuse("${ is followed by a space", "write $(…)");
    top.text += c;
    if (c === "\\") return i + 2;
    if (c === "}") return this.pop(i + 1);
    // Bash pairs single quotes in ${…} even between double quotes.
    if (c === "'" || c === '"') return this.open(c === "'" ? "single" : "double", i + 1);
    return this.dollar(s, i, false);
  }

  #stepArith(s: string, i: number, top: Frame): number {
    const c = s.charAt(i);
    if (c === "\\") return i + 2;
    if (c === "'" || c === '"') return this.open(c === "'" ? "single" : "double", i + 1);
    const bracket = top.kind === "bracket";
    top.text = c;
    if (c === (bracket ? "[" : "(")) top.depth++;
    if (c === (bracket ? "]" : ")")) {
      if (top.depth > 0) {
        top.depth--;
        return i + 1;
      }
      if (!bracket && s[i + 1] !== ")") {
        this.refuse("a single ) ends what begins with ((", "write a space between the two ( of nested subshells");
      }
      this.stack.pop();
      if (top.after === "command") this.top.words?.compound();
      if (top.after === "subscript") this.top.words?.add("]", false);
      return i + (bracket ? 1 : 2);
    }
    return this.dollar(s, i, true);
  }

  protected dollar(s: string, i: number, quoted: boolean): number {
    const c = s.charAt(i);
    if (c === "`") {
      this.words()?.add(EXPANSION, quoted);
      return this.open("backtick", i + 1);
    }
    if (c !== "$") return this.quoted(c, i + 1);
    const next = s.charAt(i + 1);
    if (next === "" || (next === "\\" && s[i + 2] === "\n")) {
      if (next !== "") this.refuse("a backslash and newline follow a $", "join the two lines");
      this.dangling = "dollar";
      return this.quoted("$", i + 1);
    }
    const words = this.words();
    if (!quoted && (next === "'" || next === '"')) {
      words?.quote();
      return this.open(next === "'" ? "ansi" : "double", i + 2);
    }
    const name = /^(?:[A-Za-z_]\w*|[0-9#?!$@*-])/.exec(s.slice(i + 1, i + 200))?.[0];
    if (name !== undefined || next === "(" || next === "{" || next === "[") words?.add(EXPANSION, quoted);
    if (name !== undefined) {
      const end = i + 1 + name.length;
      if (/^[A-Za-z_]/.test(name) && /^(?:\\\n)*$/.test(s.slice(end))) this.dangling = "name";
      return end;
    }
    if (next === "(" && s[i + 2] === "(") return this.open("arith", i + 3);
    if (next === "[") return this.open("bracket", i + 2);
    if (next === "{") return this.open("param", i + 2);
    if (next !== "(") return this.quoted("$", i + 1);
    this.beginCommands();
    return i + 2;
  }

  protected newline(i: number): number {
    const { words, kind } = this.top;
    const parser = this.stack.findLast((f) => f.pending !== undefined);
    if (words?.mode === "list") words.next();
    if (parser?.pending?.[0] !== undefined) {
      if (kind === "cond" || kind === "array") {
        this.refuse("a here-document begins inside brackets", "move it behind them");
      }
      this.openDocument();
    }
    return i + 1;
  }

  protected openDocument(): void {
    const tag = this.stack.findLast((f) => f.pending !== undefined)?.pending?.shift();
    if (tag !== undefined) this.begin("heredoc", { tag });
    this.documents.begin(this.tags());
  }

  protected tags(): readonly Tag[] {
    return this.stack.flatMap((f) => f.tag ?? []);
  }

  protected endWord(): void {
    if (isWords(this.top)) this.endedWord(this.top.words.end());
  }

  protected endedWord(end: ReturnType<Words["end"]>): void {
    switch (end) {
      case undefined:
        return;
      case "case":
        return this.begin("case", { words: new Words("subject", this.integers) });
      case "cond":
        return this.begin("cond", { words: new Words("cond", this.integers) });
      case "esac":
        if (this.top.kind !== "case") this.refuse("an esac closes nothing", "open its case in the same template");
        break;
      case "condEnd":
        break;
    }
    this.stack.pop();
    this.top.words?.compound();
  }

  protected open(kind: Frame["kind"], next: number): number {
    this.begin(kind);
    return next;
  }

  protected pop(next: number): number {
    this.stack.pop();
    return next;
  }

  /** Text in quotes: part of the word around them. */
  protected quoted(text: string, next: number): number {
    if (text !== "") this.words()?.add(text, true);
    return next;
  }
}
