"""Commands in modules of their own: each has a Click `command` and imports the engine when it runs."""
