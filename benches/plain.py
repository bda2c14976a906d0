"""Compiles benches/plain.typ with PyPI's `typst` binding, one process, one core.

    python plain.py PLAIN.TYP FONTS MODELS.jsonl [LAST.pdf]

Prints the number of documents a second; the first tenth warms up. `cargo bench` starts it.
"""

import sys
import time

import typst

source, fonts, models, *last = sys.argv[1:]
lines = open(models, encoding="utf-8").read().splitlines()
compiler = typst.Compiler(source, font_paths=[fonts], ignore_system_fonts=True)
warm_up = len(lines) // 10
for number, model in enumerate(lines):
    if number == warm_up:
        start = time.perf_counter()
    pdf = compiler.compile(sys_inputs={"model": model}, pdf_standards=["a-3a", "ua-1"])
print(f"{(len(lines) - warm_up) / (time.perf_counter() - start):.2f} {len(pdf)}")
if last:
    open(last[0], "wb").write(pdf)
