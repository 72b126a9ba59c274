"""What is spelled: letters one by one, what resembles them, and how a word is written otherwise."""
