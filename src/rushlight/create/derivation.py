"""Derivations: how cells of a table became a claim, in a small language that anyone can compute again.

A derivation is one expression. It looks like Python, and nothing but the following is understood:

====================================  ====================================================================
``12``, ``0.5``, ``'Asia'``           a number, a text
``population``, ``col('GDP ($)')``    a whole column, by name (the second form for names with other signs)
``population[3]``                     one cell; rows count from zero, in file order
``a + b``, ``-``, ``*``, ``/``        arithmetic; units must agree for ``+`` and ``-``
``a > b``, ``<``, ``>=``, ``<=``,     a comparison: true or false; a column compared with a value gives a mask
``==``, ``!=``
``where(column, mask)``               the cells of a column where the mask holds
``max min sum mean median(column)``   over the cells that are not missing
``count(column)``, ``rows()``         cells that are not missing; all rows
``missing(column)``                   cells that are missing
``distinct(column)``                  how many different values
``rank(column, row)``                 1 for the highest; ties share the better place
``rank_up(column, row)``              1 for the lowest
``holders(column, value)``            how many cells hold exactly this value
``top(column, k)``                    sum of the k highest values
``percent(x)``, ``points(x)``         x times 100 with the unit ``%``; a difference of percentages in points
``steps(column, time)``               differences between neighbours in time
``longest_rise(column, time)``,       the longest run of steps up, down
``longest_fall``
``steady_rise(column, r1, r2, …)``    whether every next cell of these rows is higher (``steady_fall``: lower)
``corr(x, y)``                        Pearson's r over rows where both are known
``pairs(x, y)``                       how many such rows
``robust_z(column, row)``             distance from the median in robust standard deviations
``span(time)``                        years (or days) between the first and the last
``gaps(year)``                        years absent between the first and the last
``header('x')``                       the words of a column's label
``fact('source')``                    what a comment line above the header says
====================================  ====================================================================

Values of a column with a unit such as ``millions`` come out multiplied (3.4 is 3,400,000); the rest of the unit stays
with the value. Nothing else can be written: no attribute, no call by another name, no power, at most 2,000 characters.
"""

from __future__ import annotations

import ast
import datetime as dt
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushlight.core.errors import InputError
from rushlight.create.sources.columns import scale_and_unit
from rushlight.create.sources.table import Table

__all__ = ["Derived", "column_code", "derive"]

_LONGEST = 2000
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True)
class Derived:
    """What a derivation comes to.

    Attributes:
        value: a number (scaled to whole units), text, date, or truth.
        unit: unit of a number, without its scale word; empty for a plain number.
        columns: every column it reads, in the order read.
        words: the functions and comparison signs it uses, such as `max` and `>`.
        cells: single cells it reads by row, as (row, column).
    """

    value: float | str | dt.date | bool
    unit: str
    columns: tuple[str, ...]
    words: frozenset[str]
    cells: frozenset[tuple[int, str]]


@dataclass(frozen=True)
class _Value:
    """A value on the way: a scalar, or an array over rows (`None` marks what is missing in text and dates)."""

    data: Any
    unit: str = ""
    is_column: bool = False


@dataclass
class _Reading:
    table: Table
    columns: dict[str, None] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    cells: set[tuple[int, str]] = field(default_factory=set)


def column_code(name: str) -> str:
    """How a column is written in a derivation."""
    plain = name.isidentifier() and name not in _FUNCTIONS and not _is_keyword(name)
    return name if plain else f"col({name!r})"


def _is_keyword(name: str) -> bool:
    import keyword

    return keyword.iskeyword(name)


def derive(derivation: str, table: Table) -> Derived:
    """Compute a derivation from the cells of a table.

    Raises:
        InputError: it cannot be read, names what is not there, mixes units, or divides by zero.
    """
    if len(derivation) > _LONGEST:
        raise InputError(f"This derivation is longer than {_LONGEST} characters.", hint="Split it.")
    reading = _Reading(table)
    try:
        tree = ast.parse(derivation, mode="eval")
        found = _evaluate(tree.body, reading)
    except (SyntaxError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"This derivation cannot be computed: {derivation!r} ({error}).") from error
    if found.is_column:
        raise InputError(f"This derivation gives a whole column, not one value: {derivation!r}.")
    value = found.data.item() if isinstance(found.data, np.generic) else found.data
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        raise InputError(f"This derivation comes to nothing: {derivation!r}.")
    return Derived(value, found.unit, tuple(reading.columns), frozenset(reading.words), frozenset(reading.cells))


def _column(name: str, reading: _Reading) -> _Value:
    if name not in reading.table.frame.columns:
        raise InputError(f"There is no column {name!r}.")
    reading.columns[name] = None
    described = reading.table.column(name)
    series = reading.table.frame[name]
    if described.type in ("number", "integer") or series.dtype.is_integer():
        scale, unit = scale_and_unit(described.unit) if described.type != "date" else (1.0, "")
        values = series.cast(float).to_numpy().astype(float) * scale
        return _Value(np.round(values, 9) if scale > 1 else values, unit, True)
    return _Value(np.array(series.to_list(), dtype=object), "", True)


def _evaluate(node: ast.expr, reading: _Reading) -> _Value:
    match node:
        case ast.Constant(value=int() | float() | str() as value) if not isinstance(value, bool):
            return _Value(float(value) if isinstance(value, int) else value)
        case ast.Name(id=name):
            return _column(name, reading)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            found = _evaluate(inner, reading)
            return _Value(-found.data, found.unit, found.is_column)
        case ast.Subscript(value=inner, slice=ast.Constant(value=int() as row)):
            return _cell(inner, row, reading)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _arithmetic(_evaluate(left, reading), op, _evaluate(right, reading))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _compare(_evaluate(left, reading), op, _evaluate(right, reading), reading)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, arguments, reading)
    raise InputError(f"{ast.unparse(node)!r} is not part of a derivation.")


def _cell(inner: ast.expr, row: int, reading: _Reading) -> _Value:
    column = _evaluate(inner, reading)
    if not column.is_column or isinstance(row, bool) or not 0 <= row < len(column.data):
        raise InputError(f"There is no row {row}.")
    name = inner.id if isinstance(inner, ast.Name) else str(ast.literal_eval(inner.args[0]))  # type: ignore[attr-defined]
    reading.cells.add((row, name))
    return _Value(column.data[row], column.unit)


def _arithmetic(left: _Value, op: ast.operator, right: _Value) -> _Value:
    unit = left.unit
    if isinstance(op, (ast.Add, ast.Sub)):
        if left.unit != right.unit:
            raise InputError(f"Units differ: {left.unit or 'none'} and {right.unit or 'none'}.")
    elif isinstance(op, ast.Mult):
        unit = left.unit or right.unit
    else:
        if not right.is_column and right.data == 0:
            raise InputError("Division by zero.")
        unit = "" if left.unit == right.unit else f"{left.unit}/{right.unit}" if right.unit else left.unit
    if isinstance(left.data, dt.date) and isinstance(right.data, dt.date):
        return _Value(float((left.data - right.data).days), "days")
    return _Value(_ARITHMETIC[type(op)](left.data, right.data), unit, left.is_column or right.is_column)


def _compare(left: _Value, op: ast.cmpop, right: _Value, reading: _Reading) -> _Value:
    signs = {ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
    reading.words.add(signs[type(op)])
    compare = _COMPARISONS[type(op)]
    if not left.is_column and not right.is_column:
        if isinstance(left.data, float) and isinstance(right.data, float) and isinstance(op, (ast.Eq, ast.NotEq)):
            same = math.isclose(left.data, right.data, rel_tol=1e-9, abs_tol=1e-12)
            return _Value(same == isinstance(op, ast.Eq))
        return _Value(bool(compare(left.data, right.data)))
    if left.data.dtype == object:
        mask = np.array([item is not None and bool(compare(item, right.data)) for item in left.data])
    else:
        mask = compare(left.data, right.data) & ~np.isnan(left.data)
    return _Value(mask, "", True)


def _call(name: str, arguments: list[ast.expr], reading: _Reading) -> _Value:
    if name == "col" and len(arguments) == 1 and isinstance(arguments[0], ast.Constant):
        return _column(str(arguments[0].value), reading)
    if name == "rows" and not arguments:
        reading.words.add(name)
        return _Value(float(reading.table.frame.height))
    if name == "fact" and len(arguments) == 1 and isinstance(arguments[0], ast.Constant):
        return _Value(reading.table.facts[str(arguments[0].value)])
    if name == "header" and len(arguments) == 1 and isinstance(arguments[0], ast.Constant):
        column = str(arguments[0].value)
        _column(column, reading)
        return _Value(reading.table.column(column).label)
    if name not in _FUNCTIONS:
        raise InputError(f"{name!r} is not a function of derivations.")
    reading.words.add(name)
    found = _FUNCTIONS[name](*(_evaluate(argument, reading) for argument in arguments))
    assert isinstance(found, _Value)
    return found


def _known(column: _Value) -> NDArray[Any]:
    if not column.is_column:
        raise InputError("A whole column is wanted here.")
    data: NDArray[Any] = column.data
    if data.dtype == object:
        return np.array([item for item in data if item is not None], dtype=object)
    return data[~np.isnan(data)] if data.dtype.kind == "f" else data


def _numbers(column: _Value) -> NDArray[np.float64]:
    known = _known(column)
    if known.dtype.kind != "f" or len(known) == 0:
        raise InputError("A column of numbers is wanted here, with at least one known.")
    return known


def _extreme(column: _Value, pick: Callable[[Any], Any]) -> _Value:
    known = _known(column)
    if len(known) == 0:
        raise InputError("The column is empty.")
    return _Value(pick(known.tolist()), column.unit)


def _fold(function: Callable[[NDArray[np.float64]], Any]) -> Callable[[_Value], _Value]:
    return lambda column: _Value(float(function(_numbers(column))), column.unit)


def _where(column: _Value, mask: _Value) -> _Value:
    if not (column.is_column and mask.is_column and len(column.data) == len(mask.data)):
        raise InputError("`where` wants a column and a mask over the same rows.")
    return _Value(column.data[mask.data.astype(bool)], column.unit, True)


def _rank(column: _Value, row: _Value, sign: int) -> _Value:
    numbers = _numbers(column) * sign
    own = float(column.data[int(row.data)]) * sign
    if math.isnan(own):
        raise InputError("The ranked cell is missing.")
    return _Value(float((numbers > own).sum()) + 1)


def _in_time(column: _Value, time: _Value) -> _Value:
    """The known cells of a column in order of time."""
    known = [(when, value) for when, value in zip(time.data, column.data, strict=True) if not _absent(when, value)]
    known.sort(key=lambda pair: pair[0])
    return _Value(np.array([value for _, value in known], dtype=float), column.unit, True)


def _absent(*values: Any) -> bool:
    return any(value is None or (isinstance(value, float) and math.isnan(value)) for value in values)


def _steps(column: _Value, time: _Value) -> _Value:
    return _Value(np.diff(_in_time(column, time).data), column.unit, True)


def _longest(column: _Value, time: _Value, sign: int) -> _Value:
    best = run = 0
    for step in np.diff(_in_time(column, time).data):
        run = run + 1 if step * sign > 0 else 0
        best = max(best, run)
    return _Value(float(best))


def _steady(sign: int, column: _Value, *rows: _Value) -> _Value:
    values = np.array([column.data[int(row.data)] for row in rows], dtype=float)
    return _Value(len(values) > 1 and bool((np.diff(values) * sign > 0).all()))


def _both(x: _Value, y: _Value) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    known = ~np.isnan(x.data) & ~np.isnan(y.data)
    return x.data[known], y.data[known]


def _corr(x: _Value, y: _Value) -> _Value:
    left, right = _both(x, y)
    if len(left) < 3 or left.std() == 0 or right.std() == 0:
        raise InputError("Too few different values to correlate.")
    return _Value(float(np.corrcoef(left, right)[0, 1]))


def _robust_z(column: _Value, row: _Value) -> _Value:
    numbers = _numbers(column)
    spread = float(np.median(np.abs(numbers - np.median(numbers)))) * 1.4826
    if spread == 0:
        raise InputError("The values do not spread.")
    return _Value((float(column.data[int(row.data)]) - float(np.median(numbers))) / spread)


def _span(time: _Value) -> _Value:
    known = _known(time)
    if isinstance(known[0], dt.date):
        return _Value(float((max(known) - min(known)).days), "days")
    return _Value(float(known.max() - known.min()), "years")


def _gaps(time: _Value) -> _Value:
    known = {int(year) for year in _numbers(time)}
    return _Value(float(max(known) - min(known) + 1 - len(known)))


_FUNCTIONS: dict[str, Callable[..., _Value]] = {
    "max": lambda column: _extreme(column, max),
    "min": lambda column: _extreme(column, min),
    "sum": _fold(np.sum),
    "mean": _fold(np.mean),
    "median": _fold(np.median),
    "count": lambda column: _Value(float(len(_known(column)))),
    "missing": lambda column: _Value(float(len(column.data) - len(_known(column)))),
    "distinct": lambda column: _Value(float(len(set(_known(column).tolist())))),
    "where": _where,
    "rank": lambda column, row: _rank(column, row, 1),
    "rank_up": lambda column, row: _rank(column, row, -1),
    "holders": lambda column, value: _Value(float((column.data == value.data).sum())),
    "top": lambda column, k: _Value(float(np.sort(_numbers(column))[::-1][: int(k.data)].sum()), column.unit),
    "percent": lambda x: _Value(x.data * 100, "%"),
    "points": lambda x: _Value(x.data, "points"),
    "steps": _steps,
    "longest_rise": lambda column, time: _longest(column, time, 1),
    "longest_fall": lambda column, time: _longest(column, time, -1),
    "steady_rise": lambda column, *rows: _steady(1, column, *rows),
    "steady_fall": lambda column, *rows: _steady(-1, column, *rows),
    "corr": _corr,
    "pairs": lambda x, y: _Value(float(len(_both(x, y)[0]))),
    "robust_z": _robust_z,
    "span": _span,
    "gaps": _gaps,
}
