"""Control data: one SQL database of what people set up and what jobs remember, and its revisions."""
