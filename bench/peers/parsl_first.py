"""The first result of a fresh script with Parsl's thread pool."""

import sys

import parsl
from parsl import bash_app, python_app
from parsl.config import Config
from parsl.executors import ThreadPoolExecutor


@python_app
def square(x):
    return x * x


@bash_app
def hello(stdout=None):
    return "echo hello"


parsl.load(Config(executors=[ThreadPoolExecutor(label="threads", max_threads=2)]))
if sys.argv[1] == "bash":
    hello(stdout="hello.txt").result()
    with open("hello.txt") as file:
        print(file.read(), end="", flush=True)
else:
    print(square(3).result(), flush=True)
parsl.dfk().cleanup()
