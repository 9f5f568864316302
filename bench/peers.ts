import { fromFileUrl } from "@std/path";
import { firstLine } from "./text.ts";

/** A program of the machine: what starts it, or why it cannot be had. */
export type Peer =
  | { readonly kind: "found"; readonly command: string; readonly version: string }
  | { readonly kind: "missing"; readonly why: string };

/** What else of the kind is on this machine. */
export interface Peers {
  readonly python: Peer;
  /** A Python that has Parsl. */
  readonly parsl: Peer;
  readonly xargs: Peer;
  readonly parallel: Peer;
  readonly bash: Peer;
}

/** Looks for the peers; `python` is the interpreter to use. */
export async function findPeers(python: string): Promise<Peers> {
  const [found, parsl, xargs, parallel, bash] = await Promise.all([
    look(python, "--version"),
    look(python, "-c", "import parsl; print('parsl', parsl.__version__)"),
    look("xargs", "--version"),
    look("parallel", "--version"),
    look("bash", "--version"),
  ]);
  const hint = `\`${python}\` cannot import it (--python PATH or SLUICE_BENCH_PYTHON names another)`;
  return {
    python: found,
    parsl: parsl.kind === "found" ? parsl : { kind: "missing", why: `Parsl: ${hint}` },
    xargs,
    parallel,
    bash,
  };
}

async function look(command: string, ...args: readonly string[]): Promise<Peer> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
    if (!success) return { kind: "missing", why: `${command}: ${firstLine(stderr)}` };
    return { kind: "found", command, version: firstLine(stdout) || firstLine(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "missing", why: `${command}: not on this machine` };
    throw error;
  }
}

/** Why a peer cannot run; undefined when it can. */
export function whyMissing(peer: Peer): string | undefined {
  return peer.kind === "missing" ? peer.why : undefined;
}

/** The command line of a TypeScript file of the bench. */
export function denoScript(path: string, ...args: readonly (string | number)[]): string[] {
  return [Deno.execPath(), "run", "-A", "--v8-flags=--expose-gc", here(path), ...args.map(String)];
}

/** The command line of a Python file of the bench. */
export function pythonScript(python: Peer, path: string, ...args: readonly (string | number)[]): string[] {
  return [python.kind === "found" ? python.command : "python3", here(path), ...args.map(String)];
}

/** Path of a file of the bench. */
export function here(path: string): string {
  return fromFileUrl(import.meta.resolve(`./${path}`));
}
