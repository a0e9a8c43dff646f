"""Where an OpenID Connect provider leads back to."""

BEGIN = "/sign-in/oidc"
"""What leads to the provider."""

DONE = f"{BEGIN}/done"
"""What it leads back to."""


def redirect_address(origin: str) -> str:
    """Where the provider leads back to, us being reached at `origin`; it must be registered there as it stands."""
    return f"{origin}{DONE}"
