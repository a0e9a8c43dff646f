"""Pages shared by a link."""
