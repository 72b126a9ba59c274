"""How a call hears and speaks: transports, turns, recognition, dialog and synthesis."""
