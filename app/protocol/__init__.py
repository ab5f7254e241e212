"""RFC 6455 and RFC 7692, without any input or output: bytes in, events and bytes out."""
