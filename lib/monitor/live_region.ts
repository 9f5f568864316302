import type { Terminal } from "./terminal.ts";

const HIDE = "\x1b[?25l";
const SHOW = "\x1b[?25h";
const SAVE = "\x1b7";
const RESTORE = "\x1b8";
/** One line down in the same column, scrolling at the bottom. */
const DOWN = "\x1bD";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/**
 * Lines that are drawn over and over below the cursor. The cursor always rests where the script's next output goes,
 * on the line above the region: whatever the script or its children write is never drawn over and never lost. The
 * first line they write lands on that free line; more of them before the next frame may have the rest of an old line
 * of the region on their right. Each frame is one write that hides the cursor and shows it again, so that no way of
 * dying can leave it hidden.
 */
export class LiveRegion {
  readonly #terminal: Terminal;
  #drawn: readonly string[] = [];

  /** Makes an empty region of a terminal. */
  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Whether something is shown. */
  get visible(): boolean {
    return this.#drawn.length > 0;
  }

  /** Shows these lines; does nothing when they are shown already. */
  draw(lines: readonly string[]): void {
    if (lines.length === 0) return this.clear();
    if (lines.length === this.#drawn.length && lines.every((line, i) => line === this.#drawn[i])) return;
    this.#drawn = lines;
    const room = DOWN.repeat(lines.length) + `\x1b[${lines.length}A`;
    const text = lines.map((line) => `\r\n${line}${CLEAR_LINE}`).join("");
    this.#terminal.write(HIDE + room + SAVE + CLEAR_LINE + text + CLEAR_BELOW + RESTORE + SHOW);
  }

  /** Takes the lines away. */
  clear(): void {
    if (!this.visible) return;
    this.#drawn = [];
    this.#terminal.write(CLEAR_BELOW);
  }

  /** Writes lines that stay, above the region, and draws it again below them. */
  print(text: string): void {
    const lines = this.#drawn;
    this.#drawn = [];
    const kept = text.split("\n").map((line) => `${CLEAR_LINE}${line}\r\n`).join("");
    this.#terminal.write(CLEAR_BELOW + freshLine(this.#terminal.columns()) + kept);
    this.draw(lines);
  }
}

/**
 * Goes to the start of a line without knowing the column: as many spaces as there are columns wrap if and only if
 * the cursor was not in the first one.
 */
function freshLine(columns: number): string {
  return `${" ".repeat(columns)}\r`;
}
