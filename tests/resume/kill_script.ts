// deno-lint-ignore-file no-console no-sync-fn-in-async-fn -- a line is added in one go
/**
 * What the kill test runs, kills and runs again: `kill_script.ts DIR RESUME`. Each task adds a line with its id to
 * DIR/log at its end, and has its id in its result, so that the test knows from a journal what must not run again.
 */
import { z } from "zod";
import { app, bash, gather, type InputFile, join, load, output, type OutputFile, sh, threads } from "../../mod.ts";

const [dir = ".", resume = "true"] = Deno.args;
const log = `${dir}/log`;

await using wf = await load({
  runDir: `${dir}/runs`,
  resume: resume === "true" ? true : resume,
  cache: true,
  progress: "off",
  executors: [threads({ maxThreads: 2 })],
});
console.log("open");

const Found = z.object({ id: z.string(), value: z.number() });
type Found = z.infer<typeof Found>;

const square = app(async (n: number, log: string) => {
  await new Promise<void>((resolve) => setTimeout(resolve, 5 + n % 3 * 10));
  const id = `square ${n}`;
  Deno.writeTextFileSync(log, `${id}\n`, { append: true });
  return { id, value: n * n };
}, { name: "square" });

const write = bash(
  (n: number, out: OutputFile, log: string) => sh`sleep 0.01; seq ${n} > ${out}; echo write ${n} | tee -a ${log}`,
  { name: "write" },
).text();

const count = bash(
  (n: number, from: InputFile, log: string) =>
    sh`sum=0; while read -r x; do sum=$((sum + x)); done < ${from}; echo "count "${n} >> ${log}
printf '{"id":"count %s","value":%s}' ${n} $sum`,
  { name: "count" },
).json(Found);

const add = app(async (n: number, a: Found, b: Found, log: string) => {
  await new Promise<void>((resolve) => setTimeout(resolve, 5));
  const id = `add ${n}`;
  Deno.writeTextFileSync(log, `${id}\n`, { append: true });
  return { id, value: a.value + b.value };
}, { name: "add" });

const both = join((n: number, log: string) => {
  Deno.writeTextFileSync(log, `both ${n}\n`, { append: true });
  return [square(1000 + n, log), square(2000 + n, log)];
}, { name: "both", cache: true });

const SIZE = 12;
const squares = Array.from({ length: SIZE }, (_, n) => square(n, log));
const written = Array.from({ length: SIZE }, (_, n) => write(n, output(`${dir}/out/${n}.txt`), log));
const counted = written.map((w, n) => {
  const file = w.outputs[0];
  if (file === undefined) throw new TypeError("an output is missing");
  return count(n, file, log);
});
const sums = squares.map((s, n) => {
  const c = counted[n];
  if (c === undefined) throw new TypeError("a count is missing");
  return add(n, s, c, log);
});
const joined = [both(0, log), both(1, log)];

const values = (await gather(sums)).map((s) => s.value);
const pairs = (await gather(joined)).map((pair) => pair.map((p) => p.value));
const texts = await gather(written);
const { tasks, done, memoized } = wf.summary();
console.log(JSON.stringify({ values, pairs, texts, tasks, done, memoized }));
