"""What is said before it is asked for."""
