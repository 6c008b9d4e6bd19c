"""A tournament as members of a show file, and back: every row that is worth keeping, by columns.

``forms`` says what a member may hold, ``tables`` which rows it comes from and goes to.
"""
