"""ResourceSync 1.1: what the exchange gives on, as lists of resources and of their changes."""
