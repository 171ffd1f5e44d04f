"""Documents and people in the database: bytes and rows, without a notion of text or of sockets."""
