"""The TLS lens: what records say in clear, what they hold once opened, and what an observer knows all the same."""
