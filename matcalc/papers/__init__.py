"""Papers judged: a LaTeX source, Markdown or a notebook is searched for definitions of functions and claims of derivatives, and each claim
is checked. `documents` reads files, `macros` expands the author's commands, `statements` says what a formula states, `prose` what the text
around declares, `judging` checks, `report` tells."""
