/// <reference lib="deno.worker" />
/** What a worker of a pool is at the least: it calls a function and sends what it returns. */
const same = (x: number): number => x;
self.onmessage = (event: MessageEvent<{ readonly id: number; readonly x: number }>): void => {
  const { id, x } = event.data;
  self.postMessage({ id, value: same(x) });
};
