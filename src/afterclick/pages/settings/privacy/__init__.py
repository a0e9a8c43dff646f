"""One person's records, and what a site keeps of anybody."""
