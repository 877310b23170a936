"""The analyses from a shell: each module has one command, which reads CSV, calls one function, and prints a report."""
