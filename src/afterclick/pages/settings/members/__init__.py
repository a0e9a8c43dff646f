"""Who may do what on a site."""
