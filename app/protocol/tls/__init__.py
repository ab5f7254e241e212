"""TLS as its bytes show it: records, hellos, key logs, and deciphering with the keys of a key log (RFC 8446, 5246)."""
