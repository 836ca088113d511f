"""QuickBooks' query language: a hand-written tokenizer and parser, with its words for mistakes."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from sandbox.quickbooks import refusals
from sandbox.quickbooks.properties import words

LONGEST_QUERY = 100_000  # Characters; the longest id list anyone sends is far shorter.
DEFAULT_PAGE = 100
LARGEST_PAGE = 1000

Value: TypeAlias = str | Decimal | bool
Comparison: TypeAlias = Literal["=", "<", ">", "<=", ">=", "IN", "LIKE"]

KEYWORDS = frozenset(
    words("""select from where and or not in like between order orderby by asc desc startposition
    maxresults count true false null""")
)
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<sign><=|>=|!=|<>|[=<>(),*])
      | (?P<other>\S)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: Literal["text", "number", "word", "sign", "other", "end"]
    image: str
    at: int

    @property
    def keyword(self) -> str | None:
        low = self.image.lower()
        return low if self.kind == "word" and low in KEYWORDS else None


@dataclass(frozen=True, slots=True)
class Condition:
    name: str
    comparison: Comparison
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Ordering:
    name: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    entity: str
    columns: tuple[str, ...]  # ("*",) for everything.
    counts: bool
    conditions: tuple[Condition, ...]
    orderings: tuple[Ordering, ...]
    start: int
    most: int


def parse(text: str) -> Query:
    if len(text) > LONGEST_QUERY:
        raise refusals.query_not_valid(f"query is longer than {LONGEST_QUERY} characters")
    return _Parser(text).query()


def unquote(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL)


def quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _tokens(text: str) -> list[Token]:
    tokens = []
    position = 0
    while found := _TOKEN.match(text, position):
        kind = found.lastgroup or "other"
        tokens.append(Token(kind, found[kind], found.start(kind)))  # type: ignore[arg-type] # A group's name.
        position = found.end()
    return [*tokens, Token("end", "", len(text))]


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0

    def query(self) -> Query:
        self._expect("select")
        columns, counts = self._columns()
        self._expect("from")
        entity = self._word("<IDENTIFIER>")
        conditions = self._conditions() if self._accept("where") else ()
        orderings = self._orderings()
        start, most = self._page()
        if self._peek.kind != "end":
            raise self._unexpected("<EOF>", '"where"', '"order"', '"startposition"', '"maxresults"')
        return Query(entity, columns, counts, conditions, orderings, start, most)

    def _columns(self) -> tuple[tuple[str, ...], bool]:
        if self._accept("count"):
            for sign in "(*)":
                self._expect(sign)
            return ("*",), True
        columns = [self._column()]
        while self._accept(","):
            columns.append(self._column())
        return tuple(columns), False

    def _column(self) -> str:
        if self._accept("*"):
            return "*"
        return self._word('"*"', '"count"', "<IDENTIFIER>").removesuffix(".*")

    def _conditions(self) -> tuple[Condition, ...]:
        conditions = [self._condition()]
        while self._accept("and"):
            conditions.append(self._condition())
        if self._peek.keyword == "or":
            raise _unsupported("OR")
        return tuple(conditions)

    def _condition(self) -> Condition:
        if self._peek.keyword == "not":
            raise _unsupported("NOT")
        name = self._word("<IDENTIFIER>")
        token = self._peek
        match token.keyword or token.image:
            case "=" | "<" | ">" | "<=" | ">=" as sign:
                self._next += 1
                return Condition(name, sign, (self._value(),))
            case "like":
                self._next += 1
                return Condition(name, "LIKE", (self._value(),))
            case "in":
                self._next += 1
                return Condition(name, "IN", self._values())
            case "!=" | "<>" | "not" | "between" as refused:
                raise _unsupported(refused.upper())
            case _:
                raise self._unexpected('"="', '"in"', '"like"', '"<"', '">"', '"<="', '">="')

    def _values(self) -> tuple[Value, ...]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._peek
        match token.kind, token.keyword:
            case "text", _:
                value: Value = unquote(token.image)
            case "number", _:
                value = Decimal(token.image)
            case _, "true" | "false":
                value = token.keyword == "true"
            case _:
                raise self._unexpected("<STRING>", "<NUMBER>", '"true"', '"false"')
        self._next += 1
        return value

    def _orderings(self) -> tuple[Ordering, ...]:
        if self._accept("order"):
            self._expect("by")
        elif not self._accept("orderby"):
            return ()
        orderings = [self._ordering()]
        while self._accept(","):
            orderings.append(self._ordering())
        return tuple(orderings)

    def _ordering(self) -> Ordering:
        name = self._word("<IDENTIFIER>")
        if self._accept("desc"):
            return Ordering(name, descending=True)
        self._accept("asc")
        return Ordering(name, descending=False)

    def _page(self) -> tuple[int, int]:
        """STARTPOSITION and MAXRESULTS stand in either order, each at most once."""
        start: int | None = None
        most: int | None = None
        while True:
            if start is None and self._accept("startposition"):
                start = self._count(largest=None)
            elif most is None and self._accept("maxresults"):
                most = self._count(largest=LARGEST_PAGE)
            else:
                return start or 1, most or DEFAULT_PAGE

    def _count(self, *, largest: int | None) -> int:
        token = self._peek
        if token.kind != "number" or "." in token.image:
            raise self._unexpected("<NUMBER>")
        self._next += 1
        value = int(token.image)
        if value < 1:
            raise refusals.query_not_valid(f"value {value} is too small. Min allowed value is 1")
        if largest is not None and value > largest:
            raise refusals.query_not_valid(
                f"value {value} is too large. Max allowed value is {largest}"
            )
        return value

    @property
    def _peek(self) -> Token:
        return self._tokens[self._next]

    def _accept(self, what: str) -> bool:
        token = self._peek
        if (token.keyword or token.image) != what or token.kind == "text":
            return False
        self._next += 1
        return True

    def _expect(self, what: str) -> None:
        if not self._accept(what):
            raise self._unexpected(f'"{what}"')

    def _word(self, *expected: str) -> str:
        token = self._peek
        if token.kind != "word" or token.keyword is not None:
            raise self._unexpected(*expected)
        self._next += 1
        return token.image

    def _unexpected(self, *expected: str) -> refusals.FaultError:
        token = self._peek
        line = self._text.count("\n", 0, token.at) + 1
        column = token.at - self._text.rfind("\n", 0, token.at)
        head = "Was expecting:" if len(expected) == 1 else "Was expecting one of:"
        choices = "".join(f"\n    {entry} ..." for entry in expected)
        return refusals.query_not_parsed(
            f"Encountered {_encountered(token)} at line {line}, column {column}.\n"
            f"{head}{choices}\n    "
        )


def _encountered(token: Token) -> str:
    """A parser generator's way to name a token: its kind, then its image."""
    if token.kind == "end":
        return '"<EOF>"'
    named = {"text": "<STRING>", "number": "<NUMBER>", "word": "<IDENTIFIER>"}
    kind = f'"{token.keyword}"' if token.keyword else named.get(token.kind, f'"{token.image}"')
    return f'" {kind} "{token.image} ""'


def _unsupported(operator: str) -> refusals.FaultError:
    return refusals.query_not_valid(f"operator {operator} is not supported")
