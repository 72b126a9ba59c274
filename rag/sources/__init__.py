"""Readers of knowledge sources, one a type."""
