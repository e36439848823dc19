#!/usr/bin/env python3
"""orjson loading what the bench wrote, and a program from cold; for scripts/bench formats.

usage: bench-formats.py load FILE...
       bench-formats.py cold NAME PROGRAM ARGUMENT...
"""
import resource
import subprocess
import sys
import time

if sys.argv[1] == "load":
    import orjson

    for path in sys.argv[2:]:
        data = open(path, "rb").read()
        # Formats with one document per line are loaded line by line.
        values = data.splitlines() if path.endswith(("otlp.json", "next.json")) else [data]
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            for value in values:
                orjson.loads(value)
            best = min(best, time.perf_counter() - start)
        print(f"  orjson loading {path.rsplit('/', 1)[1]}: {len(data) / best / 1e6:.0f} MB/s")
else:
    name, command, times = sys.argv[2], sys.argv[3:], []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    resident = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  {name.rsplit('/', 1)[1]} from cold to its summary: best {min(times):.2f} s, worst {max(times):.2f} s, {resident:.0f} MiB resident")
