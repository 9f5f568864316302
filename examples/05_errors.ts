// deno-lint-ignore-file no-console
/** Retries, errors and what they say: each error is a class with a literal `code`, fields, and a message that stands alone. */
import { app, bash, BashError, DependencyError, load, RemoteError, sh, TaskTimeoutError } from "../mod.ts";

await using _workflow = await load({ retries: 0 });

// A command that works at the third try. The counter lives in a file, because each try is a new process.
const counter = await Deno.makeTempFile();
const flaky = bash((file: string) => sh`echo try >> ${file}; n=$(wc -l < ${file}); [ "$n" -ge 3 ]; echo "done at $n"`);
const third = flaky.with({ retries: 3, name: "flaky" })(counter);
console.log((await third).stdout.trim(), "after", third.tries, "tries");

// A failed command: what it was, how it ended, what it wrote last.
const missing = bash((sample: string) => sh`echo starting; no-such-aligner --in ${sample}`, { name: "align" });
const align = missing("it's sample 7.fq");
const failure = await align.catch((error) => error);
if (failure instanceof BashError) {
  console.log(failure.code, failure.exitCode, failure.meaning);
  console.log(failure.command);
  console.log(failure.message.split("\n")[0]);
}

// Tasks that needed it do not run; their error has the chain and the root cause.
const count = app((result: { stdout: string }) => result.stdout.length, { name: "count" });
const double = app((n: number) => 2 * n, { name: "double" });
const broken = await double(count(align)).catch((error) => error);
if (broken instanceof DependencyError) console.log(broken.root.name, "->", broken.path, broken.cause === failure);

// A function that throws: its own error is the cause.
const parse = app((text: string) => JSON.parse(text), { name: "parse" });
const remote = await parse("{oops").catch((error) => error);
if (remote instanceof RemoteError) console.log(remote.code, remote.cause instanceof SyntaxError);

// Walltime: the command and everything it started is ended.
const sleepy = bash`sleep 60`;
const late = await sleepy.with({ walltime: "200ms" })().catch((error) => error);
if (late instanceof TaskTimeoutError) console.log(late.code, late.walltime, "s");

/* prints:
done at 3 after 3 tries
BASH 127 command not found
…no-such-aligner --in 'it'\''s sample 7.fq'…
Cannot finish task …"align": command exited with 127 (command not found) after …
align -> [ …, … ] true
REMOTE true
TASK_TIMEOUT 0.2 s
*/
