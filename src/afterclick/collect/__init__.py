"""Every door that data comes in by: one module a protocol, then named steps, then the durable spool, then the
answer.

Enters: HTTP requests of browsers, servers and OpenTelemetry SDKs. Leaves: `signals` in the spool, and drop
counts. `assembly` puts the collector together; it is imported by the collector's process only, since the app, which
drains what came in, needs none of the protocols.
"""
