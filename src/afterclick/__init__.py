"""Afterclick: what customers felt, what systems did and what the business got, in one dataset."""

__version__ = "0.1.0"
