"""The parser that runs, on a table that was built before: Lark reads the grammar and builds the table, this follows it.

Building the table takes longer than reading any expression, and so does importing Lark. The table is therefore kept in
`grammar_table`, with a digest of the grammar that it was built from; where the digest differs, it is built again, in memory.
`python -m matcalc.reading.lalr` writes it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from os import path
from typing import Any

from .lexer import Token

# A production: what becomes of its children ("" to splice them into the parent, "=" to hand on a single one, else the name of
# the callback; "=name" hands on a single one and calls otherwise), the symbol it makes, how many symbols it takes.
Rule = tuple[str, str, int]
Call = Callable[[list[Any]], Any]
END = "$END"


class Unexpected(Exception):
    """A token that no expression goes on with."""

    def __init__(self, token: Token) -> None:
        super().__init__(token.type)
        self.token = token


class Spliced(list[Any]):
    """The children of a rule that has no node of its own."""


class _Calls(dict[int, Any]):
    """The methods of `callbacks` by rule, looked up when they are first needed."""

    def __init__(self, callbacks: object, rules: Sequence[Rule]) -> None:
        super().__init__()
        self.callbacks, self.rules = callbacks, rules

    def __missing__(self, rule: int) -> Any:
        call = self[rule] = getattr(self.callbacks, self.rules[rule][0].lstrip("="), None)
        return call


class ParseTable:
    """For every state, what a token does: k > 0 shifts into state k - 1, k < 0 reduces by rule -k - 1."""

    __slots__ = ("calls", "last", "rules", "states")

    def __init__(self, states: Sequence[dict[str, int]], rules: Sequence[Rule], last: int) -> None:
        self.states, self.rules, self.last = list(states), list(rules), last
        self.calls: _Calls | None = None  # of whoever asked last

    def parse(self, tokens: Iterable[Token], callbacks: object) -> Any:
        """The value of the tokens, the methods of `callbacks` called with the children of each node."""
        calls = self.calls
        if calls is None or calls.callbacks is not callbacks:
            calls = self.calls = _Calls(callbacks, self.rules)
        states: list[int] = [0]
        values: list[Any] = []
        token: Token | None = None
        for token in tokens:
            self._feed(token, states, values, calls)
            values.append(token)
        at = (token.start_pos, token.end_pos) if token is not None else (0, 1)
        end = Token(END, "", *at)
        while True:
            action = self.states[states[-1]].get(END)
            if states[-1] == self.last:
                return values[-1]
            if action is None:
                raise Unexpected(end)
            if action > 0:
                states.append(action - 1)
                return values[-1]
            self._reduce(-action - 1, states, values, calls)

    def _feed(self, token: Token, states: list[int], values: list[Any], calls: _Calls) -> None:
        table, rules, kind = self.states, self.rules, token.type
        while True:
            action = table[states[-1]].get(kind)
            if action is None:
                raise Unexpected(token)
            if action > 0:
                states.append(action - 1)
                return
            name, made, size = rules[-action - 1]
            if size == 1 and name[:1] == "=" and type(values[-1]) is not Spliced:  # the value stays, as in most steps
                del states[-1]
                states.append(table[states[-1]][made] - 1)
            else:
                self._reduce(-action - 1, states, values, calls)

    def _reduce(self, rule: int, states: list[int], values: list[Any], calls: _Calls) -> None:
        name, made, size = self.rules[rule]
        children = values[len(values) - size :]
        del values[len(values) - size :], states[len(states) - size :]
        if Spliced in map(type, children):
            # The first is extended in place, so that a long sum costs no more than its length.
            flat = children[0] if type(children[0]) is Spliced else Spliced([children[0]])
            for c in children[1:]:
                flat += c if type(c) is Spliced else [c]
            children = flat
        if name == "":
            value: Any = children if type(children) is Spliced else Spliced(children)
        elif name[0] == "=" and len(children) == 1:
            value = children[0]
        else:
            value = calls[rule](list(children))
        states.append(self.states[states[-1]][made] - 1)
        values.append(value)


# ---------------------------------------------------------------------------------------------- making and keeping


def digest(grammar: str) -> str:
    """Enough to see that a grammar has changed; nobody forges one."""
    from zlib import adler32, crc32

    data = grammar.encode()
    return f"{crc32(data):08x}{adler32(data):08x}"


def read_grammar() -> str:
    """The grammar: inside the installed package, or beside it in a checkout. (pathlib would take longer than the reading.)"""
    here = path.dirname(path.dirname(path.abspath(__file__)))
    inside = path.join(here, "grammar", "matcalc.lark")
    with open(inside if path.exists(inside) else path.join(here, "..", "grammar", "matcalc.lark"), encoding="utf-8") as stream:
        return stream.read()


def lark_parser(grammar: str, strict: bool = False) -> Any:
    """Lark's parser of a grammar. Lark wants a lexer too; the tokens are made elsewhere."""
    from lark import Lark
    from lark.lexer import Lexer

    class Feed(Lexer):
        def __init__(self, lexer_conf: Any) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
            return iter(())

    return Lark(grammar, parser="lalr", lexer=Feed, start="start", strict=strict, maybe_placeholders=False)


def build(grammar: str) -> ParseTable:
    """The table that Lark makes of a grammar."""
    made = lark_parser(grammar)
    table = made.parser.parser._parse_table
    start, last = table.start_states["start"], table.end_states["start"]
    number = {start: 0}  # states by first use, symbols in order: the same in every process
    order = [start]
    for state in order:
        for _, (kind, arg) in sorted(table.states[state].items()):
            if kind.name == "Shift" and arg not in number:
                number[arg] = len(order)
                order.append(arg)
    rules = {rule: k for k, rule in enumerate(made.rules)}
    states = []
    for state in order:
        actions = sorted(table.states[state].items())
        states.append({symbol: number[arg] + 1 if kind.name == "Shift" else -rules[arg] - 1 for symbol, (kind, arg) in actions})
    return ParseTable(states, [_rule(r) for r in made.rules], number[last])


def _rule(rule: Any) -> Rule:
    name = str(rule.origin.name)
    if rule.alias:
        how = str(rule.alias)
    elif name.startswith("_"):
        how = ""
    else:
        how = f"={name}" if rule.options.expand1 else name
    return how, name, len(rule.expansion)


def spell(table: ParseTable, grammar: str) -> str:
    """The table as a module."""
    lines = [
        '"""The table of the parser, made from grammar/matcalc.lark by `python -m matcalc.reading.lalr`. Not to be edited."""',
        "",
        "# fmt: off",
        f'DIGEST = "{digest(grammar)}"',
        f"LAST = {table.last}",
        'RULES = """',
        *[f"{how or '-'} {made} {size}" for how, made, size in table.rules],
        '"""',
        'STATES = """',
        *[line for state in table.states for line in _wrapped(" ".join(f"{s} {a}" for s, a in state.items()))],
        '"""',
        "",
    ]
    return "\n".join(lines)


def _wrapped(text: str, width: int = 130) -> list[str]:
    """A state on lines that end in a sign of continuation but for the last."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > width:
            lines[-1] += " +"
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def load(grammar: str) -> ParseTable:
    """The table of this grammar: the one that is kept, or a new one."""
    from . import grammar_table as kept

    if digest(grammar) != kept.DIGEST:
        return build(grammar)
    lines = [line.split() for line in kept.RULES.strip().splitlines()]
    rules = [(how if how != "-" else "", made, int(size)) for how, made, size in lines]
    states = []
    for line in kept.STATES.replace(" +\n", " ").strip().splitlines():
        words = line.split()
        states.append(dict(zip(words[::2], map(int, words[1::2]))))
    return ParseTable(states, rules, kept.LAST)


def main() -> None:
    """Write the table of the grammar in this checkout."""
    grammar = read_grammar()
    with open(path.join(path.dirname(path.abspath(__file__)), "grammar_table.py"), "w", encoding="utf-8") as stream:
        stream.write(spell(build(grammar), grammar))


if __name__ == "__main__":
    main()
