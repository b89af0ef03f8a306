"""Where people read and ask: each file or package here speaks for one platform and knows no other."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache

from bot.ports import PlatformSpec


@cache
def platform_specs() -> Mapping[str, PlatformSpec]:
    """Return the descriptors of all platforms by name: `SPEC` of each package here; no library is loaded."""
    return {spec.name: spec for spec in _described()}


def chat_platforms() -> tuple[PlatformSpec, ...]:
    """Return the platforms that are reached with a token: where people chat."""
    return tuple(spec for spec in platform_specs().values() if spec.credential)


def _described() -> Iterator[PlatformSpec]:
    for module_info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module_info.ispkg:
            spec: PlatformSpec = importlib.import_module(f"{__name__}.{module_info.name}").SPEC
            yield spec
