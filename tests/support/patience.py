"""How long tests wait for what should happen soon.

A deadline is there so that what never happens fails a test instead of hanging it, so it is far
beyond what a slow and busy machine takes.
"""

PATIENCE_SECONDS = 120
