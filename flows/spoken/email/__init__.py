"""Addresses of electronic mail."""
