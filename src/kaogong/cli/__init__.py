"""The shell's door: `kaogong …`, over the same services as the web; and the demo season."""
