"""Other languages, put into the English that the readers read."""
