"""The foundation: what every module of the river stands on, itself layered from `kernel` up to `notices`."""
