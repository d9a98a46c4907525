"""Signing in and out, the first account, and a person's own account."""
