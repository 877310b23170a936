"""Access: accounts, the posts they hold in organisations for a term, and the powers that a post gives.

Builds the Actor that every service takes. A candidate's account claims a Person.
"""
