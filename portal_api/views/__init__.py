"""One frozen record for each thing that a door shows; pages render it, the API encodes it."""
