"""Telephone calls over SIP."""
