"""The candidate's desk: apply, follow, print the ticket, see results and certificates, all on a phone."""
