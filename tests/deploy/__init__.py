"""What lies in `deploy/`, held against the exchange that it is for."""
