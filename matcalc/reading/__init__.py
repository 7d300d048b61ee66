"""Text to the surface tree; `read` is the way in.

`scan` turns characters into `marks`, `lex` marks into the grammar's tokens (with `machine`, `names`, `sizes`, `sums`, `operands`;
`below` reads what stands below a sum sign, `subscripts` what a subscript can be), `tree` tokens into nodes by the
parser of `lalr` and its `grammar_table`. `declare` reads what follows `where`.
"""
