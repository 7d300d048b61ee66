"""From a derivative to a program: `graph` (what is computed), `contraction` (in which order), `lowering` (of expressions, by the rules of
`leaves`, `blocks`, `products`, `sums` and `calls`; of derivatives with several axes in `tensors`), `emission` (a graph as statements),
`computation` (what the functions of a program compute), `program` (from question to text). A language is a table (`target`): its words, in
`python`, `octave`, `matlab`, `r_language` and `eigen`, and how operations are written with them, in `writers` and what each family has
beside: `python_operations`; `columns_operations`, by the forms of `columns`. Which languages there are says `targets`."""
