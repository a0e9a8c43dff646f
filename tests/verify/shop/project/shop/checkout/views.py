from oscar.apps.checkout import views

from shop.faults import on

IRISH = {"D01": "Dublin 1", "T12": "Cork"}


class ShippingAddressView(views.ShippingAddressView):
    """With a check of Irish addresses that knows too few of them."""

    def form_valid(self, form):
        """Fails with KeyError for a district that is not listed, while the fault is on."""
        if on("postcode") and form.cleaned_data["country"].code == "IE":
            IRISH[form.cleaned_data["postcode"][:3]]
        return super().form_valid(form)
