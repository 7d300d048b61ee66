"""Is the derivative in my draft right? `claims` is the way in.

`evidence` collects the numbers, `comparison` compares them, `diagnosis` and `summands` find what is wrong.
"""
