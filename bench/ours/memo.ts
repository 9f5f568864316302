import { app, gather } from "../../mod.ts";
import { check, numberArg, open, report } from "./report.ts";

/** Results that are kept: made, found again in the same run, and found again by a resumed one. */
const tasks = numberArg(0);
const square = app((x: number) => x * x, { cache: true });
const all = (): Promise<number[]> => gather(Array.from({ length: tasks }, (_, i) => square(i)));
const numbers: Record<string, number> = {};
{
  await using wf = await open();
  await gather(Array.from({ length: 500 }, (_, i) => square(-i)));
  const start = performance.now();
  await all();
  const made = performance.now();
  await all();
  const found = performance.now();
  check(wf.summary().memoized >= tasks, "the second time was no hit");
  numbers["miss"] = tasks / (made - start) * 1000;
  numbers["hit"] = tasks / (found - made) * 1000;
}
const start = performance.now();
await using wf = await open({ resume: "last" });
const opened = performance.now();
await all();
const end = performance.now();
check(wf.summary().memoized === tasks, "the resumed run made results again");
report({ ...numbers, open: opened - start, resumed: tasks / (end - opened) * 1000 });
