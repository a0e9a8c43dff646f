"""What concerns the whole installation, and the machine that it runs on."""
