import { Refusal } from "./error.ts";
import { type Demand, EXPANSION, HOLE, type Place, TEXT } from "./place.ts";
import { demandOf, isDeclaration } from "./commands.ts";

/** What the words are part of. */
export type WordMode = "list" | "cond" | "array" | "subject" | "pattern";
/** What a finished word begins or ends. */
export type WordEnd = "case" | "cond" | "condEnd" | "esac" | undefined;

/** Reserved words after which a command stands, or may stand. */
const LEADERS: ReadonlySet<string> = new Set(
  ["if", "then", "elif", "else", "while", "until", "do", "!", "{", "}", "fi", "done", "time", "coproc"],
);
/** Reserved words that begin a compound command. */
const COMPOUNDS: ReadonlySet<string> = new Set(["{", "[[", "case", "for", "select", "if", "while", "until"]);
const ARITHMETIC: ReadonlySet<string> = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);

/** Follows the words of one list of commands: which one is the command, and what is demanded of a hole in the next. */
export class Words {
  /** What the words are part of. */
  mode: WordMode;
  /** Whether the next word is in command position. */
  start: boolean;
  /** The current word without its quotes. */
  text = "";
  /** Whether a word has begun. */
  inWord = false;
  /** Whether nothing of the word was quoted, expanded or a hole: only then can it be a reserved word. */
  bare = true;
  /** Whether the word has a bare character that means something in a pattern, a brace or a tilde. */
  special = false;
  /** Whether the word is an assignment by its bare `name=`. */
  assignment = false;
  /** Whether the next word is where a redirection goes, and whether that is a descriptor (`>&`). */
  redirect: "file" | "descriptor" | undefined;
  /** Name of the command, once it is known. */
  command: string | undefined;
  /** Option letters of a declaration. */
  flags = "";
  /** The word before, in the same command. */
  previous = "";
  /** Whether the options of the command are over. */
  operands = false;
  #expect: "name" | "in" | "function" | "time" | "coproc" | "compound" | undefined;
  #places: Place[] = [];
  #previousPlaces: readonly Place[] = [];
  #arithmetic = false;
  #parenthesis = false;
  /** Variables declared as integers, of the whole template. */
  readonly integers: Set<string>;
  readonly #given: Demand;

  /** Begins a list; `given` is demanded of every word of an array. */
  constructor(mode: WordMode, integers: Set<string>, given: Demand = TEXT) {
    this.mode = mode;
    this.start = mode === "list";
    this.integers = integers;
    this.#given = given;
  }

  /** Whether `((` begins an arithmetic command or loop here. */
  get takesArithmetic(): boolean {
    return this.start || this.#expect === "name" || this.#expect === "compound";
  }

  /** Whether the word can go on with `(` as an array assignment. */
  get takesArray(): boolean {
    return this.bare && /^\w+\+?=$/.test(this.text);
  }

  /** Whether a `[` begins a subscript here, which may hold spaces. */
  get takesSubscript(): boolean {
    if (this.mode === "array") return !this.inWord;
    return this.mode === "list" && this.start && this.bare && /^[A-Za-z_]\w*$/.test(this.text);
  }

  /** Adds text to the current word. */
  add(text: string, quoted: boolean): void {
    if (quoted) {
      this.bare = false;
    } else {
      if (text === "=" || text === "[") this.#nameEnds(text);
      if (!/^[\w./:=%,\uE000\uE001-]$/.test(text)) this.special = true;
      if (text === EXPANSION) this.bare = false;
    }
    this.inWord = true;
    this.text += text;
  }

  /** An opening quote: the word has begun even when nothing is in the quotes. */
  quote(): void {
    this.inWord = true;
    this.bare = false;
  }

  /** Adds a hole to the current word. */
  hole(place: Place): void {
    this.#places.push(place);
    this.add(HOLE, true);
  }

  /** What is demanded of a hole that stands here. */
  demand(): Demand {
    // Bash expands the word after >& a second time when it turns out to be a file.
    if (this.redirect === "descriptor") return { kind: "integer", why: ">& (write &> for a file)" };
    if (this.redirect === "file") return TEXT;
    switch (this.mode) {
      case "subject":
      case "pattern":
        return TEXT;
      case "array":
        return this.#given;
      case "cond":
        if (this.#arithmetic) return { kind: "integer", why: `[[ … ${this.previous} … ]]` };
        if (this.previous !== "-v" && this.previous !== "-R") return TEXT;
        return this.text.includes("[")
          ? { kind: "integer", why: "an array subscript" }
          : { kind: "name", why: `[[ ${this.previous} … ]]` };
      case "list":
        if (this.#expect === "name" || this.#expect === "function") {
          throw new Refusal(undefined, "it stands where a name is declared", "write the name into the template");
        }
        return demandOf(this);
    }
  }

  /** Why a list of words cannot stand here, apart from glue; undefined when it can. */
  listRefusal(): string | undefined {
    if (this.redirect !== undefined) return "a redirection takes one word";
    if (this.mode === "list" && (this.command === "test" || this.command === "[")) return "a test takes single words";
    if (this.mode === "list" || this.mode === "array") return undefined;
    return `${this.mode === "cond" ? "[[ … ]]" : "case"} takes single words`;
  }

  /** Whether the word here may be read as a reserved word, an option or an operator. */
  get delicate(): boolean {
    if (this.mode === "list") return (this.start && !this.assignment) || this.#expect !== undefined;
    return this.mode !== "array";
  }

  /** Ends the word, if there is one. */
  end(): WordEnd {
    if (!this.inWord) return undefined;
    const { text, bare, assignment } = this;
    const places = this.#places;
    this.#reset();
    switch (this.mode) {
      case "array":
        return undefined;
      case "cond":
        return this.#endCond(text, bare, places);
      case "subject":
        if (bare && text === "in" && this.previous !== "") this.pattern();
        else this.previous = text === "" ? HOLE : text;
        return undefined;
      case "pattern": {
        const first = this.previous === "" && !this.#parenthesis;
        this.previous = text === "" ? HOLE : text;
        return first && bare && text === "esac" ? "esac" : undefined;
      }
      case "list":
        return this.#endList(text, bare, assignment);
    }
  }

  /** An operator: a new command begins. */
  next(): void {
    this.start = true;
    this.command = undefined;
    this.flags = "";
    this.previous = "";
    this.operands = false;
    this.redirect = undefined;
    this.#expect = undefined;
  }

  /** A compound command has ended: reserved words and redirections may follow. */
  compound(): void {
    this.#reset();
    this.next();
  }

  /** The patterns of a `case` begin. */
  pattern(): void {
    this.next();
    this.mode = "pattern";
    this.#parenthesis = false;
  }

  /** The optional `(` before a pattern. */
  parenthesis(): void {
    this.#parenthesis = true;
  }

  /** The commands after a pattern begin. */
  body(): void {
    this.next();
    this.mode = "list";
  }

  /** Drops a number or `{name}` right before a redirection, which is part of it and no word; whether there was one. */
  dropFd(): boolean {
    const fd = this.mode !== "cond" && this.inWord && this.bare && /^(\d+|\{\w+\})$/.test(this.text);
    if (fd) this.#reset();
    return fd;
  }

  #reset(): void {
    this.text = "";
    this.inWord = false;
    this.bare = true;
    this.special = false;
    this.assignment = false;
    this.#places = [];
  }

  /** A bare `=` or `[` ends the name of a variable, which a hole must not be a part of. */
  #nameEnds(by: string): void {
    if (this.mode !== "list" || !this.start || this.assignment || this.redirect !== undefined) return;
    if (/^[\w\uE000]*\uE000[\w\uE000]*\+?$/.test(this.text)) {
      throw new Refusal(
        this.#places[0]?.hole,
        "it would be the name of a variable in an assignment",
        "write the name into the template",
      );
    }
    if (by === "=") this.assignment = (this.bare ? /^[A-Za-z_]\w*\+?$/ : /^[A-Za-z_]\w*\[\uE001\]\+?$/).test(this.text);
  }

  #endCond(text: string, bare: boolean, places: readonly Place[]): WordEnd {
    if (bare && text === "]]") return "condEnd";
    this.#arithmetic = bare && ARITHMETIC.has(text);
    if (this.#arithmetic) {
      for (const place of this.#previousPlaces) place.demand = { kind: "integer", why: `[[ … ${text} … ]]` };
    }
    this.#previousPlaces = places;
    this.previous = text;
    return undefined;
  }

  #endList(text: string, bare: boolean, assignment: boolean): WordEnd {
    if (this.redirect !== undefined) {
      this.redirect = undefined;
      return undefined;
    }
    const expect = this.#expect;
    this.#expect = undefined;
    switch (expect) {
      case "name":
        this.#expect = "in";
        if (this.integers.has(text)) this.flags = "i";
        return undefined;
      case "in":
        this.start = bare && text === "do";
        return undefined;
      case "function":
        this.start = true;
        return undefined;
      case "time":
        if (text === "-p" || text === "--") {
          this.#expect = "time";
          return undefined;
        }
        break;
      case "coproc": {
        // `coproc NAME { …; }` or `coproc command …`: only the next word tells.
        const end = this.#commandWord(text, bare);
        if (!this.start && end === undefined) this.#expect ??= "compound";
        return end;
      }
      case "compound":
        this.start = bare && COMPOUNDS.has(text);
        break;
      case undefined:
        break;
    }
    if (!this.start) {
      this.#argument(text);
      return undefined;
    }
    if (assignment) return undefined;
    return this.#commandWord(text, bare);
  }

  #commandWord(text: string, bare: boolean): WordEnd {
    if (bare) {
      if (text === "time" || text === "coproc") this.#expect = text;
      if (LEADERS.has(text)) return undefined;
      this.start = false;
      if (text === "case") return "case";
      if (text === "[[") return "cond";
      if (text === "esac") return "esac";
      if (text === "for" || text === "select") this.#expect = "name";
      if (text === "function") this.#expect = "function";
    }
    this.start = false;
    // What follows `command`, or a command word that is data, may be the command that counts.
    this.command = text === "command" || text === "builtin" || text.includes(HOLE) ? undefined : text;
    return undefined;
  }

  #argument(text: string): void {
    this.previous = text;
    if (this.command === undefined) {
      if (!text.startsWith("-")) this.command = text;
      this.previous = "";
      return;
    }
    const option = !this.operands && /^[-+]./.test(text);
    if (!option || text === "--") this.operands = true;
    if (!isDeclaration(this.command)) return;
    if (option) this.flags += text.slice(1);
    else if (this.flags.includes("i")) this.integers.add(/^\w*/.exec(text)?.[0] ?? "");
  }
}
