"""The page on this machine: static files and an engine in a process of its own, behind a token. `pages` finds the files, `worker` answers,
`server` lets in whoever may."""
