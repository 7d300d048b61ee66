"""The surface tree to a typed expression; `infer` is the way in.

`scene` collects what is known before any guess, from `declarations` and from the text: `uses` tells which names are numbers (with
`capitals`, `takes`, `beside` and `alone`), `counting` brings entries that are counted from 0 to 1, `indices` tells which letters below
names are indices, free or summed, and which bindings define entries. `rekind` guesses the kinds of undeclared names, `elaborate` walks
the tree under one guess (`scopes`, `terms`, `unify`) and asks the tables `meaning` and `calls` what every sign means: `standing` for names
(`constants`, `members`, `places`), `products`, `powers`, `entries`, `blocks`, `abstract`. `misfit` says what does not fit, `assumptions`
what was assumed, `suspect` what is doubtful (`doubtful_products`, `doubtful_kinds`, `doubtful_signs`).
"""
