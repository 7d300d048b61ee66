"""Text to the surface tree: spelling tables, the post-lexer, the grammar's parser. `read` is the way in."""
