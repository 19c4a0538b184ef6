"""Amounts are decimal text outside and whole minor units where one calculates with them. Floats never."""

import re

_FORM = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")


def to_minor(amount: str, scale: int) -> int:
    """`to_minor("12.5", 2)` is 1250. Raises ValueError where the text is no amount, or has more places than the community's `scale`."""
    found = _FORM.fullmatch(amount)
    places = (found[3] or "") if found else ""
    if found is None or not amount.isascii() or len(places) > scale:
        raise ValueError(f"no amount with {scale} places: {amount}")
    minor = int(found[2] + places.ljust(scale, "0"))
    return -minor if found[1] else minor


def from_minor(minor: int, scale: int) -> str:
    """`from_minor(1250, 2)` is "12.50"."""
    digits = str(abs(minor)).rjust(scale + 1, "0")
    whole, places = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return ("-" if minor < 0 else "") + whole + (f".{places}" if places else "")
