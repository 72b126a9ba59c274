"""The web edge: landing page, call API, the pcm wire, health."""
