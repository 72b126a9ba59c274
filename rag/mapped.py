"""Memory that mapped files take, given back.

What was read of a mapped file stays in the process's memory although the system's cache has it too.
"""

from __future__ import annotations

import ctypes
import mmap
import re
from pathlib import Path

MAPS = Path("/proc/self/maps")
_LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) ..[x-]s \S+ \S+ \S+ +(/.*)")
"""A shared mapping; a private one may hold changes that its file has not."""


def give_back(folder: Path) -> None:
    """Free what this process holds of the files in `folder` that a library mapped and shares.

    They stay mapped and valid, changes included (madvise(2), MADV_DONTNEED on shared mappings).
    Does nothing where the system has no list of mappings.
    """
    if not MAPS.is_file():
        return
    advise = ctypes.CDLL(None).madvise
    for line in MAPS.read_text().splitlines():
        found = _LINE.fullmatch(line)
        if found and Path(found[3]).is_relative_to(folder.resolve()):
            begin, end = int(found[1], 16), int(found[2], 16)
            advise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)
