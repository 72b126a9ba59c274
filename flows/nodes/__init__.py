"""What each kind of node does: how it is entered, and what it makes of the caller's words."""
