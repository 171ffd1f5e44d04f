"""What a shared document is: its text, its rules and the messages about it. No I/O, no clock, no tasks."""
