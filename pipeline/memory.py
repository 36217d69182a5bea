"""Have memory that was freed kept for the next step of a run, and garbage looked for less often.

A run frees and asks for hundreds of megabytes again and again; fetching fresh pages for them took
a fifth of its CPU. Polars' allocator reads its settings once, as it is loaded, so this module is
imported before it. Two arenas in place of four a core find freed pages where they left them. Pages
are held for a second: after a fifth of one a run fetches them anew half as often again, and more
than a second only costs memory. What a run makes in Python are few and large things: looking
through all of them took a fortieth of its CPU, and once more at its end is for nothing.

Nothing here multiplies matrices, so the threads that numpy starts for that wait in a loop for
nothing: a quarter of a second of CPU a process.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
import sys

VARIABLE = "_RJEM_MALLOC_CONF"
THREADS = "OPENBLAS_NUM_THREADS"
KEPT = "dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:2"
OBJECTS = 100_000  # made before garbage is looked for; 700 otherwise
# Of the C library, for what Python itself holds: malloc.h names the first of each pair.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = (-1, 1 << 30), (-2, 64 << 20), (-3, 32 << 20)

os.environ.setdefault(VARIABLE, KEPT)
os.environ.setdefault(THREADS, "1")
gc.set_threshold(OBJECTS, 50, 100)
atexit.register(gc.freeze)  # nothing is looked through when the process ends
if sys.platform == "linux":  # pragma: no branch
    _set = getattr(ctypes.CDLL(None), "mallopt", lambda *_: None)  # other C libraries have none
    for _setting in (_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD):
        _set(*_setting)
