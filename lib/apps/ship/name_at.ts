import { callSiteFile } from "./call_site.ts";

/** Lines of the scripts that were looked at. */
const scripts = new Map<string, readonly string[] | undefined>();

/** `const square = app(`, `square: app(` */
const NAMED = /([A-Za-z_$][\w$]*)\s*(?::[^=;{}()]*)?(?:=|:)\s*(?:await\s+)?(?:app|bash|join)\s*(?:<[^;]*>)?\s*[(`]/g;

/**
 * What a script calls an app that it makes of a nameless function: the name on the line in which it is made. Messages
 * that say `square` are worth a look into the file; undefined when the file or the line does not tell.
 */
export function nameAtCallSite(): string | undefined {
  const site = callSiteFile();
  if (site === undefined || !site.file.startsWith("file:")) return undefined;
  const lines = linesOf(site.file);
  const line = lines?.[site.line - 1];
  if (lines === undefined || line === undefined) return undefined;
  // With several on one line there is no telling which.
  const here = [...line.matchAll(NAMED)];
  if (here.length > 0) return here.length === 1 ? here[0]?.[1] : undefined;
  const broken = [...`${lines[site.line - 2] ?? ""}\n${line}`.matchAll(NAMED)];
  return broken.length === 1 ? broken[0]?.[1] : undefined;
}

function linesOf(url: string): readonly string[] | undefined {
  if (scripts.has(url)) return scripts.get(url);
  let lines: readonly string[] | undefined;
  try {
    const path = new URL(url);
    // Asked first: without the permission Deno would stop and ask the person.
    if (Deno.permissions.querySync({ name: "read", path }).state === "granted") {
      lines = Deno.readTextFileSync(path).split("\n");
    }
  } catch {
    // A name is not worth an error.
  }
  scripts.set(url, lines);
  return lines;
}
