"""The record: embedded or remote Postgres, tenancy, journal, recorder."""
