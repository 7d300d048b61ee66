"""Is the derivative in my draft right? Claims, the evidence, and what is wrong with them."""
