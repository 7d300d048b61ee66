"""How an answer came about, line by line, in differential form: what `--steps` and `.steps` show.

`forward` rewrites d(F) by the rules of the book until only dX is left, `reverse` does the same from the value back to the variable, one
named intermediate at a time; `written` is the question as its author wrote it, with which both begin; `shorter` replays the simplifier;
`unfold` puts them together for a derivative that was taken, as `steps`; `page` lays them out.
"""
