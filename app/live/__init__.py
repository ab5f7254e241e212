"""The live part: sockets, sessions, the gate and the log that pages follow."""
