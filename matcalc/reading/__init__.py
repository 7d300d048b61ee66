"""Text to the surface tree; `read` is the way in.

`scan` turns characters into `marks`, by the tables of `spellings`, with `groups` of LaTeX and `signs` that are functions; `lexer` walks
over them and makes the grammar's tokens, by the meaning that `lex` gives each kind of mark: `operands`, `calls`, `applied` letters,
`entries`, `sums` (`below` reads what stands below a sum sign), `brackets`, `operators`, `exponents`, `commands`. `names`, `sizes` and
`subscripts` say what is spelled. `tree` turns tokens into nodes by the parser of `lalr` and its `grammar_table`. `declare` reads what
follows `where`.
"""
