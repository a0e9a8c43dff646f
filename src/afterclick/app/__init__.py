"""The only wiring: one installation's parts, the app process around them, and the socket that the command line uses.

Import each part by its own name: who copies or restores a data folder waits for nothing that answers requests.
"""
