import { assertEquals } from "@std/assert";

const HERE = new URL("./", import.meta.url);
const PAGE = new URL("../../docs/parsl_behaviours.md", import.meta.url);

/** The names of all tests beside this one, as they stand in their files. */
async function testNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(HERE)) {
    if (!name.endsWith("_test.ts")) continue;
    const source = await Deno.readTextFile(new URL(name, HERE));
    names.push(...[...source.matchAll(/Deno\.test\(\s*(["`])(.*?)\1/gs)].map((match) => match[2] ?? ""));
  }
  return names;
}

interface Row {
  readonly number: number;
  readonly where: string;
}

/** The rows of the table: number, what, where. */
async function rows(): Promise<Row[]> {
  const page = await Deno.readTextFile(PAGE);
  return [...page.matchAll(/^\| T(\d+) \|.*\| (.*?) \|$/gm)].map((match) => ({
    number: Number(match[1]),
    where: match[2] ?? "",
  }));
}

const ALL = Array.from({ length: 55 }, (_, i) => i + 1);

Deno.test("docs/parsl_behaviours.md has each of T1 to T55 once, in order", async () => {
  assertEquals((await rows()).map((row) => row.number), ALL);
});

Deno.test("each of T1 to T55 is a test or left out with a reason, and never both", async () => {
  const tested = new Set((await testNames()).flatMap((name) => /^T(\d+) /.exec(name)?.[1] ?? []).map(Number));
  const out = (await rows()).filter((row) => /^left out: \S/.test(row.where)).map((row) => row.number);
  assertEquals(out.filter((number) => tested.has(number)), [], "both tested and left out");
  assertEquals([...tested, ...out].sort((a, b) => a - b), ALL);
});

Deno.test("docs/parsl_behaviours.md names for each number the files that test it, and no others", async () => {
  const files = new Map<number, Set<string>>();
  for await (const { name } of Deno.readDir(HERE)) {
    if (!name.endsWith("_test.ts")) continue;
    const source = await Deno.readTextFile(new URL(name, HERE));
    for (const [, number] of source.matchAll(/Deno\.test\(\s*["`]T(\d+) /g)) {
      files.set(Number(number), (files.get(Number(number)) ?? new Set()).add(name));
    }
  }
  for (const { number, where } of await rows()) {
    if (where.startsWith("left out")) continue;
    const named = [...where.matchAll(/`(\w+_test\.ts)`/g)].map((match) => match[1] ?? "");
    assertEquals(named.sort(), [...files.get(number) ?? []].sort(), `T${number}`);
  }
});
