"""What the bench measures, done with Parsl's thread pool of two. Prints one line of JSON."""

import json
import os
import resource
import sys
import time

import parsl
from parsl import bash_app, python_app
from parsl.config import Config
from parsl.executors import ThreadPoolExecutor


def load(**options):
    """Opens Parsl as it comes, with two threads; `log=False` turns off the log that it writes by default."""
    log = options.pop("log", True)
    executor = ThreadPoolExecutor(label="threads", max_threads=2)
    parsl.load(Config(executors=[executor], initialize_logging=log, **options))


@python_app
def same(x):
    return x


@python_app
def add(x, _gate):
    return x


@python_app
def increment(x):
    return x + 1


@python_app
def total(*numbers):
    return sum(numbers)


@python_app(cache=True)
def square(x):
    return x * x


@python_app
def gate(event):
    event.wait()


@bash_app
def nothing():
    return "true"


@bash_app
def echo(text, stdout=None):
    return f"printf %s {text}"


def cpu():
    """Seconds of CPU of this process and of those it waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def rss():
    """Bytes that are resident now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def all_of(futures):
    """Waits for all."""
    return [future.result() for future in futures]


def throughput(tasks):
    load(log="no-log" not in sys.argv)
    all_of([same(i) for i in range(100)])
    spent, start = cpu(), time.perf_counter()
    values = all_of([same(i) for i in range(tasks)])
    seconds = time.perf_counter() - start
    assert values == list(range(tasks))
    return {"perSecond": tasks / seconds, "microseconds": seconds / tasks * 1e6, "cpu": (cpu() - spent) / tasks * 1e6}


def latency(calls, kind):
    load()
    one = nothing if kind == "bash" else lambda: same(0)
    times = []
    for i in range(calls + calls // 5):
        start = time.perf_counter()
        one().result()
        if i >= calls // 5:
            times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    return {f"p{part}": times[min(calls - 1, calls * part // 100)] for part in (50, 95, 99)}


def scripts(tasks, kind):
    load()
    os.makedirs("out", exist_ok=True)
    text = "x" * 95

    def one(i):
        return nothing() if kind == "true" else echo(text + f"{i:05}", stdout=f"out/{i}")

    all_of([one(-i) for i in range(1, 11)])
    spent, start = cpu(), time.perf_counter()
    all_of([one(i) for i in range(tasks)])
    if kind == "echo":
        for i in range(tasks):
            with open(f"out/{i}") as file:
                assert file.read() == text + f"{i:05}"
    seconds = time.perf_counter() - start
    return {"perSecond": tasks / seconds, "cpu": (cpu() - spent) / tasks * 1e6}


def waiting(tasks):
    import threading

    load()
    event = threading.Event()
    opened = gate(event)
    all_of([same(i) for i in range(200)])
    before = rss()
    futures = [add(i, opened) for i in range(tasks)]
    grown = rss() - before
    assert not any(future.done() for future in futures)
    print(json.dumps({"rss": grown / tasks, "total": rss() / 2**20}), flush=True)
    os._exit(0)


def finished(tasks):
    import gc

    load()
    all_of([same(i) for i in range(200)])
    before = rss()
    futures = [same(i) for i in range(tasks)]
    all_of(futures)
    return {"rss": (rss() - before) / tasks}


def fan_in(tasks):
    load()
    start, spent = time.perf_counter(), cpu()
    assert total(*[increment(i) for i in range(tasks)]).result() == tasks * (tasks + 1) // 2
    return spread_over(tasks, start, spent)


def chain(tasks):
    load()
    start, spent = time.perf_counter(), cpu()
    last = increment(0)
    for _ in range(tasks - 1):
        last = increment(last)
    assert last.result() == tasks
    return spread_over(tasks, start, spent)


def spread_over(tasks, start, spent):
    seconds = time.perf_counter() - start
    return {"microseconds": seconds / tasks * 1e6, "seconds": seconds, "cpu": (cpu() - spent) / tasks * 1e6}


def kept(files=None):
    """Options that keep results as each task ends; newer versions of Parsl have an object for them."""
    options = {"checkpoint_mode": "task_exit", "checkpoint_files": files}
    try:
        from parsl.dataflow.memoization import BasicMemoizer

        return {"memoizer": BasicMemoizer(**options)}
    except (ImportError, TypeError):
        return options


def memo(tasks):
    from parsl.utils import get_all_checkpoints

    numbers = {}
    load(**kept())
    all_of([square(-i) for i in range(50)])
    start = time.perf_counter()
    all_of([square(i) for i in range(tasks)])
    made = time.perf_counter()
    all_of([square(i) for i in range(tasks)])
    numbers["miss"], numbers["hit"] = tasks / (made - start), tasks / (time.perf_counter() - made)
    parsl.dfk().cleanup()
    parsl.clear()
    start = time.perf_counter()
    load(**kept(get_all_checkpoints()))
    opened = time.perf_counter()
    all_of([square(i) for i in range(tasks)])
    numbers["open"], numbers["resumed"] = (opened - start) * 1e3, tasks / (time.perf_counter() - opened)
    return numbers


MEASURES = {
    "throughput": throughput,
    "latency": latency,
    "scripts": scripts,
    "waiting": waiting,
    "finished": finished,
    "fan-in": fan_in,
    "chain": chain,
    "memo": memo,
}

name, count, *rest = sys.argv[1:]
kinds = [word for word in rest if word != "no-log"]
print(json.dumps(MEASURES[name](int(count), *kinds)), flush=True)
# The numbers are out: nothing is gained by Parsl's own orderly end.
os._exit(0)
