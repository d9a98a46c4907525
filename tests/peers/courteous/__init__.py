"""A correct OAI-PMH 2.0 repository on loopback, over records in memory."""
