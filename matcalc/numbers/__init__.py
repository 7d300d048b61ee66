"""Values of expressions and of what is printed, points, and the check."""
