"""The one custom element: NiceGUI's own CodeMirror, made collaborative."""
