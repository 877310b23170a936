"""Forms that allauth shows, in our words. Apart in two files: allauth imports the one to build the other."""
