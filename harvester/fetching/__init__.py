"""Feeds of files that are fetched: an address, a folder, a static repository, an SRU server, a ResourceSync source."""
