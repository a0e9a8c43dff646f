"""What goes wrong while the file of faults names it."""

import time

from django.conf import settings

SLOW_CATEGORY = "/catalogue/category/pots"


def on(name):
    """Whether this fault is on just now."""
    return settings.FAULTS.exists() and name in settings.FAULTS.read_text(encoding="ascii").split()


def faults(request):
    """Context processor: the faults that scripts of the page have."""
    return {"broken_script": on("script")}


class SlowCategory:
    """One category takes two seconds more, as a query without its index does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Wait before the view when the fault is on."""
        if request.path.startswith(SLOW_CATEGORY) and on("slow"):
            time.sleep(2)
        return self.get_response(request)
