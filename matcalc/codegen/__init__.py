"""From a derivative to a program: `graph` (what is computed), `contraction` (in which order), `lowering` (of expressions, by the rules of
`leaves`, `blocks`, `products`, `sums` and `calls`; of derivatives with several axes in `tensors`), `emission` (a graph as statements), for
each language how operations, files and the rest are written, `program` (from question to text)."""
