"""Programs that measure. Each prints a table and, with --json FILE, writes what it measured."""

import os

os.environ.setdefault("LOGURU_LEVEL", "WARNING")
