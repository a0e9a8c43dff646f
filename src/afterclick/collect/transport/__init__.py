"""How bytes come in and answers go out: connections, limits of size and time, the application and gRPC."""
