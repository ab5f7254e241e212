"""The Autobahn suite against both halves of the engine: `make conformance`."""
