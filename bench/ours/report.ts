import { load, threads, type Workflow } from "../../mod.ts";

/** Prints what was measured, for the bench to read. */
export function report(numbers: Readonly<Record<string, number>>): void {
  // deno-lint-ignore no-console
  console.log(JSON.stringify(numbers));
}

/** Opens the workflow that is measured: two slots, and everything else as it comes. */
export function open(options: Parameters<typeof load>[0] & object = {}): Promise<Workflow> {
  return load({ executors: [threads({ maxThreads: 2 })], ...options });
}

/** Number `index` of the arguments of the script. */
export function numberArg(index: number): number {
  const value = Number(Deno.args[index]);
  if (!Number.isInteger(value)) throw new TypeError(`Cannot run: argument ${index} is no number: ${Deno.args[index]}`);
  return value;
}

/** Stops a measurement whose work was not done. */
export function check(right: boolean, what: string): void {
  if (!right) throw new Error(`Cannot report: ${what}`);
}

/** Collects garbage until nothing more is to be had; needs `--v8-flags=--expose-gc`. */
export function collect(): void {
  // The flag puts it there, and no type knows of it.
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) throw new TypeError("Cannot collect garbage: start Deno with --v8-flags=--expose-gc");
  for (let i = 0; i < 3; i++) gc();
}
