"""No-op throughput of a pool of two of Python's concurrent.futures. Prints one line of JSON."""

import concurrent.futures
import json
import resource
import sys
import time


def same(x):
    return x


def cpu():
    """Seconds of CPU of this process and of those it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    kind, tasks = sys.argv[1], int(sys.argv[2])
    pools = {"thread": concurrent.futures.ThreadPoolExecutor, "process": concurrent.futures.ProcessPoolExecutor}
    with pools[kind](2) as pool:
        for future in [pool.submit(same, i) for i in range(2000)]:
            future.result()
        spent, start = cpu(), time.perf_counter()
        futures = [pool.submit(same, i) for i in range(tasks)]
        values = [future.result() for future in futures]
        seconds = time.perf_counter() - start
        own = (cpu() - spent) / tasks * 1e6
    assert values == list(range(tasks))
    report = {"perSecond": tasks / seconds, "microseconds": seconds / tasks * 1e6}
    # The CPU of other processes is known only when they have ended.
    if kind == "thread":
        report["cpu"] = own
    print(json.dumps(report), flush=True)
