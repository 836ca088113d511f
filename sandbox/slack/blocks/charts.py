"""The charts that a data_visualization block may show, with their published limits."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.slack.blocks.rules import Problem, Rule, all_of, anything, chars, items, record, tagged

LONGEST_NAME = 20  # Of a segment, a series, a category.
LONGEST_AXIS = 50
MOST_PARTS = 12  # Segments of a pie, series of any other; an earlier copy of the pages says 6.
MOST_POINTS = 20


def number(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(at, "must provide a number")


def _series_that_fit(value: Any, at: str) -> Iterator[Problem]:  # noqa: ANN401 - a well-formed chart.
    """Each series is called otherwise and has a point for each category, in their order."""
    names = Counter(series["name"] for series in value["series"])
    if max(names.values()) > 1:
        yield Problem(f"{at}/series", "series names must be unique")
    for index, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != value["axis_config"]["categories"]:
            yield Problem(f"{at}/series/{index}/data", "labels must match the axis categories")


_NAME = chars(LONGEST_NAME, minimum=1)
_SEGMENT = record({"label": _NAME, "value": number})
_POINT = record({"label": _NAME, "value": number})
_SERIES = record({"name": _NAME, "data": items(_POINT, most=MOST_POINTS)})
_AXIS = record(
    {"categories": items(_NAME, most=MOST_POINTS)},
    {"x_label": chars(LONGEST_AXIS), "y_label": chars(LONGEST_AXIS)},
)
_PIE = record({"type": anything, "segments": items(_SEGMENT, most=MOST_PARTS)})
_ALONG_AN_AXIS: Rule = all_of(
    record({"type": anything, "series": items(_SERIES, most=MOST_PARTS), "axis_config": _AXIS}),
    _series_that_fit,
)

CHART = tagged({"pie": _PIE, **dict.fromkeys(("bar", "line", "area"), _ALONG_AN_AXIS)})
