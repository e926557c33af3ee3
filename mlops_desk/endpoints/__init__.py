"""The core over HTTP on the loopback address: one model served, in a child process of its own."""
