"""What reverse accumulation works with: index networks, sums over an index, families, abstract functions. `differential` is the way in."""
