"""Which records describe the same thing; pure."""
