// deno-lint-ignore no-console
console.log(9);
