import { assertEquals, assertStringIncludes } from "@std/assert";
import { explainMiss, nearestRecord } from "../../../../lib/graph/memo/explain.ts";
import { type KeyParts, memoKey, secretPart, textPart } from "../../../../lib/graph/memo/key.ts";

const BASE: KeyParts = {
  kind: "bash",
  code: "set -e\nwc -l < a.csv\nsort a.csv",
  args: '["a.csv",3]',
  inputs: [{ path: "a.csv", hash: "1" }],
  outputs: ["a.out"],
  options: { cwd: "/work", strict: "true" },
};

function candidate(parts: KeyParts): { key: string; parts: KeyParts } {
  return { key: memoKey(parts), parts };
}

function differences(miss: Partial<KeyParts>, base: KeyParts = BASE): string[] {
  return explainMiss({ ...base, ...miss }, [candidate(base)]);
}

Deno.test("explainMiss() says that there is nothing to compare with", () => {
  assertEquals(explainMiss(BASE, []), ["there is no earlier record of this app"]);
});

Deno.test("explainMiss() shows the first place where a script differs", () => {
  assertEquals(differences({ code: "set -e\nwc -c < a.csv\nsort a.csv" }), [
    "the script changed in line 2",
    '  was "set -e\\nwc -l < a.csv\\nsort a.csv"',
    '  is  "set -e\\nwc -c < a.csv\\nsort a.csv"',
  ]);
});

Deno.test("explainMiss() shows the first place where arguments differ", () => {
  assertEquals(differences({ args: '["a.csv",4]' }), [
    "the argument text changed",
    '  was "[\\"a.csv\\",3]"',
    '  is  "[\\"a.csv\\",4]"',
  ]);
});

Deno.test("explainMiss() shows a place deep inside a long text", () => {
  const was = "x".repeat(1000) + "OLD" + "y".repeat(900);
  const lines = differences({ args: was.replace("OLD", "NEW") }, { ...BASE, args: was });
  assertStringIncludes(lines[1] ?? "", `"…${"x".repeat(24)}OLD`);
  assertStringIncludes(lines[2] ?? "", `"…${"x".repeat(24)}NEW`);
});

Deno.test("explainMiss() says so when texts differ after what was kept of them", () => {
  const was = "x".repeat(5000);
  assertEquals(differences({ args: textPart(was + "!") }, { ...BASE, args: textPart(was) }), [
    "the argument text changed after its first 512 characters",
  ]);
  assertEquals(
    differences({ args: textPart("y" + was) }, { ...BASE, args: textPart(was) })[0],
    "the argument text changed",
  );
});

Deno.test("explainMiss() names the inputs and outputs that changed, came and went", () => {
  const inputs = [{ path: "a.csv", hash: "2" }, { path: "new.csv", hash: "3" }];
  assertEquals(differences({ inputs }), ["input a.csv changed its content", "input new.csv is new"]);
  assertEquals(differences({ inputs: [] }), ["input a.csv is no longer used"]);
  assertEquals(differences({ inputs: [{ path: "a.csv", hash: "missing" }] }), ["input a.csv is missing"]);
  assertEquals(differences({ inputs: BASE.inputs }, { ...BASE, inputs: [{ path: "a.csv", hash: "missing" }] }), [
    "input a.csv was missing and is there now",
  ]);
  assertEquals(differences({ outputs: ["b.out"] }), [
    "output a.out is no longer declared",
    "output b.out is new",
  ]);
});

Deno.test("explainMiss() names options, and shows no secret", () => {
  assertEquals(differences({ options: { cwd: "/work", strict: "false" } })[0], "option strict changed");
  assertEquals(differences({ options: { strict: "true" } }), ['option cwd is no longer given; it was "/work"']);
  assertEquals(differences({ options: { ...BASE.options, env: secretPart("TOKEN=1") } }), [
    "option env is new: (kept as a hash)",
  ]);
  const secret = { ...BASE, options: { env: secretPart("TOKEN=1") } };
  assertEquals(differences({ options: { env: secretPart("TOKEN=2") } }, secret), ["option env changed"]);
});

Deno.test("explainMiss() is not misled by names that every object has", () => {
  const inputs = [...BASE.inputs, { path: "constructor", hash: "1" }, { path: "__proto__", hash: "2" }];
  assertEquals(differences({ inputs }), ["input __proto__ is new", "input constructor is new"]);
});

Deno.test("nearestRecord() takes the record with the fewest differences, then the most alike", () => {
  const far = candidate({ ...BASE, args: '["a.csv",4]', options: {} });
  const near = candidate({ ...BASE, args: '["a.csv",40]' });
  const nearer = candidate({ ...BASE, args: '["a.csv",30]' });
  assertEquals(nearestRecord({ ...BASE, args: '["a.csv",31]' }, [far, near, nearer])?.record, nearer);
  assertEquals(nearestRecord({ ...BASE, args: '["a.csv",31]' }, [nearer, near, far])?.record, nearer);
  assertEquals(nearestRecord(BASE, [far])?.record, far);
});
