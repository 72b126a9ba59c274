"""What is looked at before a flow may run; `flows.check` puts it together."""
