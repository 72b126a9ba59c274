"""Leads and requests on their way to the systems they are for: an outbox, and a file a channel."""
