"""What every request passes, whatever its protocol: its key, who sent it, and the named steps that keep or drop."""
