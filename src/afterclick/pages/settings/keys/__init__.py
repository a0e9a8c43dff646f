"""The write keys of a site."""
