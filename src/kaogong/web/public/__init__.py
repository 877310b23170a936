"""The public desk: what anyone may read: occupations, standards, rules, rounds, and whether a certificate is true."""
