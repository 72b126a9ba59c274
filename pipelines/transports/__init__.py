"""How audio reaches a call."""
