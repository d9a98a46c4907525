"""The tamper-evident ledger; pure."""
