"""Compiles benches/transcripts/plain.typ with PyPI's `typst` binding, one process, one core.

    python plain.py PLAIN.TYP FONTS MODELS.jsonl

For each line of standard input, a number, it compiles so many of the models, one after the other
and round and round, and prints the seconds they took. `cargo bench` starts it.
"""

import itertools
import sys
import time

import typst

source, fonts, models = sys.argv[1:]
lines = itertools.cycle(open(models, encoding="utf-8").read().splitlines())
compiler = typst.Compiler(source, font_paths=[fonts], ignore_system_fonts=True)
for request in sys.stdin:
    start = time.perf_counter()
    for model in itertools.islice(lines, int(request)):
        compiler.compile(sys_inputs={"model": model}, pdf_standards=["a-3a", "ua-1"])
    print(time.perf_counter() - start, flush=True)
