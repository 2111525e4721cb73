"""A check of what people write: the claims in a Swedish text, held against an award's tables.

It judges figures, never regions.
"""
