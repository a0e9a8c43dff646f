"""A shop of django-oscar, as small as one can be; `trace.py` and the lines of base.html are put in by the test."""
