"""Configuration: settings, addresses and the servers' entry points: the only place that knows everything."""
