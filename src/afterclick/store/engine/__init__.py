"""The engine: connections, the one way to read, and free SQL made safe."""
