/** Bytes of the end of a stream that errors show. */
const TAIL_BYTES = 8192;
/** Lines of the end of a stream that errors show. */
const TAIL_LINES = 20;

/** The last lines of a text. */
export function tailOf(text: string): string {
  const end = text.slice(-TAIL_BYTES).split("\n");
  // The text ends with a newline, so the last piece is empty and no line.
  return end.slice(end.at(-1) === "" ? -TAIL_LINES - 1 : -TAIL_LINES).join("\n");
}

/** The last lines of a file; empty when it cannot be read. */
export function tailOfFile(path: string): string {
  try {
    using file = Deno.openSync(path);
    const size = file.statSync().size;
    file.seekSync(Math.max(0, size - TAIL_BYTES), Deno.SeekMode.Start);
    const bytes = new Uint8Array(TAIL_BYTES);
    let n = 0;
    for (let got = file.readSync(bytes); got !== null && got > 0; got = file.readSync(bytes.subarray(n))) n += got;
    return tailOf(new TextDecoder().decode(bytes.subarray(0, n)));
  } catch {
    // An error about the script is being made: that its file cannot be read must not hide it.
    return "";
  }
}
