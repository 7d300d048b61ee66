"""The warnings of NumPy that matcalc names."""


class ComplexWarning(RuntimeWarning):
    pass
