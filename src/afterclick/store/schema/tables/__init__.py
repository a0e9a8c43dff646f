"""One record a table: each file tells one table, or a few that belong together. A new file here is a new table."""
