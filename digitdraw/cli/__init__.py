"""The command `digitdraw`: one module for each subcommand."""
