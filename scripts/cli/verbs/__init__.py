"""One module for each verb, with a function `command` (or, for a verb with verbs of its own, a typer app `app`)."""
