import { treeCpuMs } from "../processes.ts";
import { check, numberArg, report } from "../ours/report.ts";

/** Programs that start many bashes, two at a time: `true`, or one that writes its argument. */
const [program = "", kind] = Deno.args;
const tasks = numberArg(2);
const script = kind === "echo" ? 'printf %s "$1"' : "true";
const hundred = "x".repeat(95);
const inputs = Array.from({ length: tasks }, (_, i) => hundred + String(i).padStart(5, "0"));

async function withDeno(): Promise<number> {
  let next = 0;
  let bytes = 0;
  async function lane(): Promise<void> {
    while (next < tasks) {
      const args = ["-c", script, "_", inputs[next++] ?? ""];
      const { stdout } = await new Deno.Command("bash", { args }).output();
      bytes += stdout.length;
    }
  }
  await Promise.all([lane(), lane()]);
  return bytes;
}

async function withProgram(args: readonly string[]): Promise<number> {
  const child = new Deno.Command(program, { args: [...args], stdin: "piped", stdout: "piped" }).spawn();
  const fed = new Blob([inputs.map((line) => `${line}\n`).join("")]).stream().pipeTo(child.stdin);
  const [{ success, stdout }] = await Promise.all([child.output(), fed]);
  check(success, `${program} failed`);
  return stdout.length;
}

const cpu = treeCpuMs();
const start = performance.now();
const bytes = program === "deno" ? await withDeno() : await withProgram(
  program === "xargs"
    ? ["-P2", "-n1", "bash", "-c", script, "_"]
    // It puts a shell around each command itself, and that one must be bash as well.
    : ["--will-cite", "-j2", kind === "echo" ? "printf %s {}" : "true {}"],
);
const end = performance.now();
const spent = treeCpuMs() - cpu;
if (kind === "echo") check(bytes === 100 * tasks, `${bytes} bytes came back`);
report({ perSecond: tasks / (end - start) * 1000, cpu: spent / tasks * 1000 });
