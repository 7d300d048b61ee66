"""Is the derivative in my draft right? `claims` is the way in; `derivations` asks it of every line of a derivation.

`evidence` collects the numbers, `comparison` compares them, `diagnosis` and `summands` find what is wrong.
"""
