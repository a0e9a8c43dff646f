"""What `afterclick import` left out of a file before it sent its events."""
