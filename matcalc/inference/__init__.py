"""The surface tree to a typed expression: names, kinds, sizes, the meaning of every sign. `infer` is the way in."""
