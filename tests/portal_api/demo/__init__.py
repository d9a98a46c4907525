"""The demonstration partners."""
