"""What turns numbers into words and marks: figures, sentences, periods, scales, charts, tiles; it knows no page.

Enters: results of the rooms below. Leaves: frozen pieces that a page draws or an answer carries.
"""
