"""The pages that people see: one file per page, all dressed by design/, each set up by its `register`."""
