"""What an account knows: ingest, index, retrieve, answer."""
