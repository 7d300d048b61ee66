"""From a derivative to a program: `graph` (what is computed), `contraction` (in which order), `lowering` (of expressions, by the rules of
`leaves`, `blocks`, `products`, `sums` and `calls`; of derivatives with several axes in `tensors`), `emission` (a graph as statements) and
one module for each target language, `program` (the file)."""
