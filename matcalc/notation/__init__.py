"""A typed expression or a derivative in a notation: matrices, indices, Kronecker products, linear maps, cases."""
