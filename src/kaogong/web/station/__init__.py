"""The station's desk: today's sittings, seats, panels and candidates of one station."""
