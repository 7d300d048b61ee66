"""The pipeline: text → typed expression → derivative → short form → verified → answer.

`question` is the way in, `derive` the way, `vectorized` a turn in it; `sampling` draws the points at which anything is compared by numbers.
"""
