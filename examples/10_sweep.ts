// deno-lint-ignore-file no-console
/** A parameter sweep configured by a YAML file, with its progress: which throw of a ball through air goes farthest? */
import { app, asCompleted, load } from "../mod.ts";

await using workflow = await load(new URL("./local.yml", import.meta.url).pathname);

// A ball of 0.43 kg and 0.22 m through still air, in steps of a millisecond.
const range = app((speed: number, angle: number) => {
  const drag = 0.5 * 1.225 * 0.47 * Math.PI * 0.11 ** 2 / 0.43;
  let [x, y, vx, vy] = [0, 1.8, speed * Math.cos(angle * Math.PI / 180), speed * Math.sin(angle * Math.PI / 180)];
  for (; y >= 0; x += vx * 0.001, y += vy * 0.001) {
    const v = Math.hypot(vx, vy);
    vx -= drag * v * vx * 0.001;
    vy -= (9.81 + drag * v * vy) * 0.001;
  }
  return { speed, angle, metres: x };
}, { name: "range" });

const speeds = [10, 20, 30];
const angles = Array.from({ length: 29 }, (_, i) => 20 + i);
const throws = speeds.flatMap((speed) => angles.map((angle) => range(speed, angle)));

let done = 0;
const best = new Map<number, { angle: number; metres: number }>();
for await (const one of asCompleted(throws)) {
  const { speed, angle, metres } = one.value;
  if (metres > (best.get(speed)?.metres ?? 0)) best.set(speed, { angle, metres });
  done += 1;
  if (done % 29 === 0) console.log(`${done} of ${throws.length}`);
}
for (const speed of speeds) {
  const { angle, metres } = best.get(speed)!;
  console.log(`${speed} m/s: best at ${angle} degrees, ${metres.toFixed(1)} m`);
}
const { done: finished, failed } = workflow.summary();
console.log(`${finished} done, ${failed} failed, on ${workflow.executors.map((e) => e.label)}`);

/* prints:
29 of 87
58 of 87
87 of 87
10 m/s: best at … degrees, … m
20 m/s: best at … degrees, … m
30 m/s: best at … degrees, … m
87 done, 0 failed, on here
*/
