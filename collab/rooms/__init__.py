"""Live documents: who is in them, what they type, and when it is safe."""
