"""SRU: search and explain for programs that speak the libraries' protocol (SRU 1.1, 1.2 and 2.0)."""
