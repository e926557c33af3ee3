"""The command line: verbs made from the acts, tables from the listings, answers as text or JSON."""
