"""Hold a value of a TOML block to the type that its declaration gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

UNIONS = (UnionType, Union)  # Python has two, by what is united
_WORDS = {
    bool: "true或false",
    int: "整数",
    float: "数字",
    str: "文字",
    date: "日期",
    tuple: "列表",
    dict: "表",
}

hints: Callable[[type], dict[str, Any]] = cache(get_type_hints)


def fits(value: Any, hint: Any) -> bool:
    """Say whether a value is of a type; whole numbers are numbers too, lists may be tuples."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return isinstance(value, str) and value in args
    if origin in UNIONS:
        return any(fits(value, arg) for arg in args)
    if origin is dict:
        return isinstance(value, dict) and all(fits(one, args[1]) for one in value.values())
    if origin in (tuple, list):
        return isinstance(value, tuple | list) and _fit_each(value, args)
    return _is_plain(value, hint)


def _is_plain(value: Any, kind: type) -> bool:
    if kind is float:
        return type(value) in (int, float)
    if kind is int or kind is date:  # true is no number, a moment is no day
        return type(value) is kind
    return isinstance(value, kind)


def _fit_each(values: Sequence[Any], args: tuple[Any, ...]) -> bool:
    if len(args) == 1 or args[1] is ...:
        return all(fits(one, args[0]) for one in values)
    return len(values) == len(args) and all(map(fits, values, args))


def told_zh(hint: Any) -> str:
    """Say in Chinese what a type asks for."""
    if get_origin(hint) is Literal:
        return "、".join(get_args(hint)) + "之一"
    if get_origin(hint) in UNIONS:
        return "或".join(told_zh(arg) for arg in get_args(hint) if arg is not NoneType)
    return _WORDS.get(get_origin(hint) or hint, "另一种写法")
