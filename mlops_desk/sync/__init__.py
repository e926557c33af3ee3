"""The team copy: git as transport, called so that nothing in a folder from elsewhere can run."""
