"""The pages that people see: one file per page, all dressed by theme.css, each set up by its `register`."""
