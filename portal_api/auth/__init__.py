"""Who a request comes from: sessions, passwords, form tokens, the first account's code."""
