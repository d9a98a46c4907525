"""Feeds in: protocol, pages, politeness, checkpoints."""
