import type { BenchCase, Contender, Setting } from "../case.ts";
import { denoScript, type Peer, pythonScript, whyMissing } from "../peers.ts";

const METRICS = [{ key: "perSecond", title: "scripts/s" }, { key: "cpu", title: "CPU µs/script" }];

/** Many short scripts, two at a time. */
export function bashCases(setting: Setting): readonly BenchCase[] {
  return [
    bashCase(setting, "bash-true", "true", "Bash apps that do nothing (`true`), two at a time"),
    bashCase(setting, "bash-output", "echo", "Bash apps that print their argument of 100 bytes, two at a time"),
  ];
}

function bashCase({ peers, quick }: Setting, name: string, kind: string, title: string): BenchCase {
  const tasks = quick ? 500 : 3000;
  const command = (of: string, program: string, peer: Peer, count: number): Contender => ({
    name: of,
    how: "report",
    command: denoScript("peers/commands.ts", program, kind, count),
    missing: whyMissing(peer),
  });
  return {
    name,
    title,
    metrics: METRICS,
    rounds: quick ? 2 : 5,
    contenders: [
      { name: "sluice", how: "report", command: denoScript("ours/scripts.ts", kind, tasks) },
      command("xargs -P2 -n1 bash -c", "xargs", peers.xargs, tasks),
      command("Deno.Command bash -c, two at a time", "deno", peers.bash, tasks),
      // A tenth is enough to know the pace of the slow ones.
      command("GNU parallel -j2", "parallel", peers.parallel, tasks / 10),
      {
        name: "Parsl bash_app",
        how: "report",
        command: pythonScript(peers.parsl, "peers/parsl_peer.py", "scripts", tasks / 5, kind),
        missing: whyMissing(peers.parsl),
      },
    ],
    targets: [
      { of: "sluice", metric: "perSecond", against: ["xargs -P2 -n1 bash -c"], want: "atLeast", value: 3 },
      { of: "sluice", metric: "perSecond", against: ["Parsl bash_app"], want: "atLeast", value: 5 },
    ],
  };
}
