import type { Terminal, TerminalHooks } from "../lib/monitor/terminal.ts";
import { textWidth } from "../lib/monitor/text_width.ts";

interface Place {
  readonly row: number;
  readonly column: number;
}

/** A terminal in memory that understands the escape codes that progress uses, and refuses all others. */
export class FakeTerminal implements Terminal {
  readonly isTerminal: boolean;
  readonly color: boolean;
  /** Everything that was written to it, as it came. */
  readonly writes: string[] = [];
  /** Whether the cursor can be seen. */
  cursorVisible = true;
  #hooks: TerminalHooks | undefined;
  #screen: string[][];
  #scrolled: string[] = [];
  #at: Place = { row: 0, column: 0 };
  #saved: Place = { row: 0, column: 0 };
  #columns: number;
  readonly #rows: number;

  /** Makes an empty screen. */
  constructor(options: { columns?: number; rows?: number; isTerminal?: boolean; color?: boolean } = {}) {
    this.isTerminal = options.isTerminal ?? true;
    this.color = options.color ?? false;
    this.#columns = options.columns ?? 80;
    this.#rows = options.rows ?? 24;
    this.#screen = Array.from({ length: this.#rows }, () => []);
  }

  columns(): number {
    return this.#columns;
  }

  rows(): number {
    return this.#rows;
  }

  /** What can be seen, without the empty lines at its end. */
  get screen(): string[] {
    return trimEnd(this.#screen.map((row) => row.join("").trimEnd()));
  }

  /** What can be seen, and above it what scrolled away. */
  get transcript(): string[] {
    return trimEnd([...this.#scrolled, ...this.#screen.map((row) => row.join("").trimEnd())]);
  }

  /** All that was written, without escape codes. */
  get text(): string {
    // deno-lint-ignore no-control-regex
    return this.writes.join("").replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, "");
  }

  /** Makes the window wider or narrower. */
  resize(columns: number): void {
    this.#columns = columns;
  }

  watch(hooks: TerminalHooks): () => void {
    this.#hooks = hooks;
    return () => this.#hooks = undefined;
  }

  /** The script prints a line through its console, which is guarded. */
  print(line: string): void {
    this.#hooks?.before();
    this.#put(`${line}\n`);
    this.#hooks?.after();
  }

  /** The script, or a child of it, writes to the terminal behind everyone's back. */
  printUnseen(text: string): void {
    this.#put(text);
  }

  /** The script ends. */
  end(): void {
    this.#hooks?.end();
  }

  write(text: string): void {
    this.writes.push(text);
    this.#put(text);
  }

  #put(text: string): void {
    // deno-lint-ignore no-control-regex
    for (const [token] of text.matchAll(/\x1b(?:\[[0-9;?]*[a-zA-Z]|.)|[^]/gu)) {
      if (token.startsWith("\x1b")) this.#escape(token);
      else if (token === "\r") this.#at = { ...this.#at, column: 0 };
      else if (token === "\n") this.#down(0);
      else this.#character(token);
    }
  }

  #escape(code: string): void {
    const { row, column } = this.#at;
    // deno-lint-ignore no-control-regex
    const up = /^\x1b\[(\d+)A$/.exec(code);
    if (up !== null) this.#at = { row: Math.max(0, row - Number(up[1])), column };
    else if (code === "\x1bD") this.#down(column);
    else if (code === "\x1b7") this.#saved = this.#at;
    else if (code === "\x1b8") this.#at = this.#saved;
    else if (code === "\x1b[K") this.#row(row).length = Math.min(this.#row(row).length, column);
    else if (code === "\x1b[J") {
      this.#row(row).length = Math.min(this.#row(row).length, column);
      for (let below = row + 1; below < this.#rows; below++) this.#row(below).length = 0;
    } else if (code === "\x1b[?25l") this.cursorVisible = false;
    else if (code === "\x1b[?25h") this.cursorVisible = true;
    else if (!(code.startsWith("\x1b[") && code.endsWith("m"))) {
      throw new Error(`Cannot draw the escape code ${JSON.stringify(code)}`);
    }
  }

  #character(character: string): void {
    const width = textWidth(character);
    if (this.#at.column + width > this.#columns) this.#down(0);
    const { row, column } = this.#at;
    const cells = this.#row(row);
    while (cells.length < column) cells.push(" ");
    if (width === 0) cells[Math.max(0, column - 1)] += character;
    else {
      cells[column] = character;
      if (width === 2) cells[column + 1] = "";
    }
    this.#at = { row, column: column + width };
  }

  #down(column: number): void {
    if (this.#at.row === this.#rows - 1) {
      this.#scrolled.push((this.#screen.shift() ?? []).join("").trimEnd());
      this.#screen.push([]);
      this.#at = { row: this.#at.row, column };
    } else this.#at = { row: this.#at.row + 1, column };
  }

  #row(row: number): string[] {
    return this.#screen[row] ?? [];
  }
}

function trimEnd(lines: string[]): string[] {
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(0, last + 1);
}
