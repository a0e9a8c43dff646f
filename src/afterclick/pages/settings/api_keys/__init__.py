"""The API keys of a site."""
