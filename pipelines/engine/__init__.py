"""Speech engines: programs of their own that recognise, synthesise and look up for all calls."""
