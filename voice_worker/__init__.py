"""The process: edges, calls, store, costs and the command line."""
