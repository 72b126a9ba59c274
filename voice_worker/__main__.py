"""`python -m voice_worker` is `voice-worker`."""

from voice_worker.cli import main

main()
