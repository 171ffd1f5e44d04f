"""HTTP and plain WebSocket, without pages: for programs, other editors and whoever watches the server."""
