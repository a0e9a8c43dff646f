"""From results to pages: each page is one frozen, documented context that a template or the API renders."""
