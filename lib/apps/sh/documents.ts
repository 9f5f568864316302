import { Refusal } from "./error.ts";
import { HOLE, type Line, type Tag } from "./place.ts";

/** Follows the lines of here-documents as bash first reads them: whole lines, without a look at what is in them. */
export class Documents {
  #text = "";
  #tags: readonly Tag[] = [];
  /** Lines given to holes, which learn the text after the hole when it has been read. */
  #open: Line[] = [];

  /** Whether a here-document is being read. */
  get active(): boolean {
    return this.#tags.length > 0;
  }

  /** A line begins in the documents that are open, outermost first. */
  begin(tags: readonly Tag[]): void {
    this.#text = "";
    this.#tags = tags;
    this.#open = [];
  }

  /** Whether the line read so far ends a document. */
  ends(tag: Tag): boolean {
    return this.#seen(tag) === tag.tag;
  }

  /** The line for a hole that stands here, in a document or in `$(…)` (`inner`) in one. */
  hole(inner: boolean): Line | undefined {
    if (!this.active) return undefined;
    const index = this.#open.length;
    const line = { text: "", index, tags: this.#tags, inner };
    this.#open.push(line);
    this.#add(HOLE);
    return line;
  }

  /** Text of the document has been read; `own` is the tag whose document it directly is, `tags` what is open after it. */
  read(text: string, own: Tag | undefined, tags: readonly Tag[]): void {
    const cut = text.lastIndexOf("\n");
    if (cut < 0) return this.#add(text);
    for (const [i, part] of text.split("\n").entries()) {
      if (i > 0) this.#newline(own, tags);
      this.#add(part);
    }
  }

  #newline(own: Tag | undefined, tags: readonly Tag[]): void {
    // Bash joins lines at a backslash before it looks at anything else, unless the document is literal.
    if (this.#tags.some((t) => !t.quoted) && /(?:^|[^\\])(?:\\\\)*\\$/.test(this.#text)) {
      this.#text = this.#text.slice(0, -1);
      return;
    }
    const early = this.#tags.find((t) => (t !== own && this.ends(t)) || this.#endsNested(t));
    if (early !== undefined) {
      const what = `a line that begins with ${early.tag} ends the here-document <<${early.tag} too early`;
      throw new Refusal(undefined, what, "use another tag", true);
    }
    this.begin(tags);
  }

  #endsNested(tag: Tag): boolean {
    const seen = this.#seen(tag);
    return tag.nested && seen.startsWith(tag.tag) && new RegExp(`[)${HOLE}]`).test(seen.slice(tag.tag.length));
  }

  /** The line as bash compares it with the tag. */
  #seen(tag: Tag): string {
    return tag.strip ? this.#text.replace(/^\t+/, "") : this.#text;
  }

  #add(text: string): void {
    this.#text += text;
    for (const line of this.#open) line.text = this.#text;
  }
}
