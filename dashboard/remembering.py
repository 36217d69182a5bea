"""What was once answered or drawn about a snapshot, kept for the next page run.

Questions and charts are pure functions, and a snapshot never changes: the same arguments have the
same answer. Arguments are told apart by their content; tables that are still to be read by the plan
to read them, which names the snapshot's folder and holds the viewer's scope. Marts hold no row of a
patient, so neither does this.
"""

from __future__ import annotations

import functools
import hashlib
import io
import pickle
import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields
from typing import Any, ParamSpec, TypeVar

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.printed import Printed
from dashboard.charts.shapes import Shapes
from dashboard.places import Place, Places
from dashboard.store import Marts, name_of
from dashboard.view import View
from pipeline.catalog import Catalogue, Indicator, Settings

P = ParamSpec("P")
R = TypeVar("R")
MOST_BYTES = 48 * 2**20
LEAST_BYTES = 500  # what an entry takes beside its content
# Made once and kept as long as the process or the snapshot: told apart by which one it is.
LASTING = (Place, Places, Shapes, Catalogue, Settings, Indicator)

_serials: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
_numbers: dict[int, int] = {}


def _number_of(lasting: Any) -> int:
    """Return the number of an object; a new object at the address of an old one gets a new one."""
    number = _numbers.get(id(lasting))
    if number is None or _serials.get(number) is not lasting:
        with _lock:
            number = _next.pop()
            _next.append(number + 1)
            _numbers[id(lasting)] = number
            _serials[number] = lasting
    return number


def _told_apart(view: View) -> bytes:
    """Return what names a view: a page run asks dozens of questions of the same one."""
    known: dict[str, Any] = view.__dict__
    if "_told_apart" not in known:
        # Its fields alone: what it has worked out since does not tell it apart.
        found = tuple(getattr(view, field.name) for field in fields(view))
        written = io.BytesIO()
        _Writer(written, protocol=5).dump(found)
        known["_told_apart"] = hashlib.blake2b(written.getbuffer(), digest_size=16).digest()
    named: bytes = known["_told_apart"]
    return named


class _Writer(pickle.Pickler):
    def reducer_override(self, thing: Any) -> Any:
        """Write lasting objects as their number, the rest as pickle does."""
        if isinstance(thing, LASTING):
            return _number_of, (_number_of(thing),)
        if isinstance(thing, Marts):
            return Marts, (str(thing.snapshot.path), thing.snapshot.manifest.sha256, thing.scope)
        if isinstance(thing, pl.LazyFrame) and (name := name_of(thing)) is not None:
            return pl.LazyFrame, name
        if isinstance(thing, View):
            return View, (_told_apart(thing),)
        return NotImplemented


_lock = threading.Lock()
_next = [1]


def key_of(function: Callable[..., Any], args: Any, options: Any) -> bytes | None:
    """Return what names an answer; None when the arguments cannot be told apart by content."""
    written = io.BytesIO()
    try:
        _Writer(written, protocol=5).dump((args, options))
    except (pickle.PicklingError, TypeError, AttributeError, pl.exceptions.ComputeError):
        return None
    name = f"{function.__module__}.{function.__qualname__}|".encode()
    return hashlib.blake2b(name + written.getbuffer(), digest_size=16).digest()


class Memory:
    """Answers by key, as many bytes as allowed; the ones not asked for longest go first."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[bytes, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: bytes) -> tuple[Any] | None:
        """Return the answer in a tuple of its own, for an answer may be None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return (found[0],)

    def put(self, key: bytes, answer: Any, size: int) -> None:
        """Keep an answer, in the place of an earlier one."""
        with self._lock:
            _, earlier = self._kept.pop(key, (None, 0))
            self.bytes -= earlier
            self._kept[key] = (answer, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                _, (_, gone) = self._kept.popitem(last=False)
                self.bytes -= gone

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self.bytes = 0


memory = Memory(MOST_BYTES)


def size_of(answer: Any) -> int:
    """Estimate the bytes of a table or of texts; other answers are a few numbers."""
    if isinstance(answer, pl.DataFrame):
        return int(answer.estimated_size())
    if isinstance(answer, str):
        return sys.getsizeof(answer)
    if isinstance(answer, list | tuple):
        return sum(map(size_of, answer))
    if isinstance(answer, dict):
        return sum(map(size_of, answer.values()))
    return 0


def remembered(question: Callable[P, R]) -> Callable[P, R]:
    """Keep what a question answered; its answers are tables or plain values, and only read."""

    @functools.wraps(question)
    def asked(*args: P.args, **options: P.kwargs) -> R:
        key = key_of(question, args, options)
        kept = memory.get(key) if key is not None else None
        if kept is not None:
            answer: R = kept[0]
        else:
            answer = question(*args, **options)
            if key is not None and not isinstance(answer, pl.LazyFrame):
                memory.put(key, answer, size_of(answer) + LEAST_BYTES)
        # A caller may add to a dictionary or a list of its own.
        return answer.copy() if isinstance(answer, dict | list) else answer  # type: ignore[return-value]

    return asked


def drawn_once(draw: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Keep what a chart drew as it is sent: bytes, which no garbage collection walks through."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **options: P.kwargs) -> go.Figure:
        key = key_of(draw, args, options)
        kept = memory.get(key) if key is not None else None
        if kept is not None:
            return Printed(kept[0])
        figure = draw(*args, **options)
        if key is None:
            return figure
        content = Printed.encoded(figure)
        memory.put(key, content, len(content) + LEAST_BYTES)
        return Printed(content)

    return drawn
