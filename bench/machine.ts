import { systemClock } from "../lib/clock.ts";
import { VERSION } from "../lib/version.ts";
import type { Peers } from "./peers.ts";

/** Where and when something was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
  readonly deno: string;
  readonly toolkit: string;
  readonly date: string;
  /** Processes that ran or wanted to, on average over the minute before the start and before the end. */
  readonly load: { readonly before: number; readonly after: number };
  /** What was found beside it, with versions. */
  readonly peers: Readonly<Record<string, string>>;
}

/** Describes this machine; `load` of the end is filled in at the end. */
export function describeMachine(peers: Peers): Machine {
  const load = Deno.loadavg()[0] ?? NaN;
  return {
    cpu: cpuModel(),
    cores: navigator.hardwareConcurrency,
    memoryGb: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    os: `${Deno.build.os} ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    toolkit: VERSION,
    date: new Date(systemClock.now()).toISOString().slice(0, 10),
    load: { before: load, after: load },
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, peer]) => [name, peer.kind === "found" ? peer.version : `none: ${peer.why}`]),
    ),
  };
}

function cpuModel(): string {
  try {
    const model = /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1];
    return model ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

/** The machine in one line. */
export function machineLine(machine: Machine): string {
  const { cpu, cores, memoryGb, os, deno, date, load } = machine;
  const loads = `load ${load.before.toFixed(1)} before and ${load.after.toFixed(1)} after`;
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${os}, Deno ${deno}, ${date}, ${loads}`;
}
