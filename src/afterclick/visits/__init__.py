"""The drain's side of taking in: which visit, page view and route an event belongs to.

Enters: spooled events, a column at a time. Leaves: the same with their visit, their page pattern and a described
client; and the memory of visits whose clients keep none.
"""
