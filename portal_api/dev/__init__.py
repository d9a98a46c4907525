"""Servers for developers and tests: real ones, on this machine, gone when they are not needed."""
