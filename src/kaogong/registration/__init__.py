"""Registration: who asks to sit, whether they may, and the name their certificate will carry.

Owns applications from submission to admission. Trusts `identity` for who someone is and
`sittings` for what is on offer; knows nothing of seats, marks or certificates.
"""
