"""The command `digitdraw` and its subcommands."""
