"""From a derivative to a program: `graph` (what is computed), `contraction` (in which order), `lowering` (of expressions),
`printing` and one module for each target language, `program` (the file)."""
