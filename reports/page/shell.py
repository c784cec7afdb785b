"""The frame of an HTML page: one offline file whose scripts and styles are named by their hashes.

``render`` fills a template of this folder (each extends ``base.html.j2``) and inlines what it
needs. The page's Content-Security-Policy allows exactly those scripts and styles, no others, no
request of any kind and no ``eval``: Vega runs by its expression interpreter. Text from a run cannot
act: the template engine escapes it, and controls become visible signs (``reports.visible``).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from reports.scores import versebench_version
from reports.visible import lines

if TYPE_CHECKING:
    from jinja2 import Environment

VEGA = "vega"
"""Name, among the scripts of a page, of Vega, Vega-Lite and Vega-Embed."""
_EXTRA = {"jinja2": "Jinja2", "altair": "Altair", "vl_convert": "vl-convert-python"}
_ENDS_SCRIPT = re.compile(r"<(?=/script|!--)", re.IGNORECASE)
_ACTS_IN_HTML = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


class MissingExtraError(RuntimeError):
    """The packages that draw pages are not installed; the text says how to get them."""


def check_installed() -> None:
    """See that a page can be made; nothing is imported.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    if missing := [title for module, title in _EXTRA.items() if find_spec(module) is None]:
        raise MissingExtraError(
            f"an HTML page or chart needs {', '.join(missing)}: pip install 'versebench[report]'"
        )


def render(
    template: str,
    *,
    title: str,
    styles: Sequence[str] = ("base.css",),
    scripts: Sequence[str] = (),
    data: Mapping[str, Any] | None = None,
    **context: Any,
) -> str:
    """Return a whole page.

    Args:
        template: a file of this folder that extends ``base.html.j2``.
        title: of the page.
        styles: style sheets of this folder, in order.
        scripts: scripts of this folder, in order; ``VEGA`` stands for Vega's bundle.
        data: element id -> what the scripts read there as JSON.
        context: further names that the template uses.

    Raises:
        MissingExtraError: the extra ``report`` is not installed.
    """
    check_installed()
    from markupsafe import Markup

    sheets = [_file(name) for name in styles]
    programs = [vega() if name == VEGA else _file(name) for name in scripts]
    return (
        _environment()
        .get_template(template)
        .render(
            title=title,
            version=versebench_version(),
            policy=_policy(programs, sheets),
            styles=[Markup(sheet) for sheet in sheets],
            scripts=[Markup(program) for program in programs],
            data={name: Markup(json_block(value)) for name, value in (data or {}).items()},
            **context,
        )
    )


def json_block(value: Any) -> str:
    """Return JSON that can stand inside a ``script`` element and be encoded, whatever it holds."""
    text = json.dumps(_shown(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _ACTS_IN_HTML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _shown(value: Any) -> Any:
    """Make every text in plain data visible; keys are the page's own names."""
    if isinstance(value, str):
        return lines(value)
    if isinstance(value, Mapping):
        return {key: _shown(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [_shown(one) for one in value]
    return value


@cache
def vega() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, their licences in front.

    It comes out of vl-convert; no network is needed.
    """
    import vl_convert

    licences = _file("NOTICE").replace("*/", "* /")
    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"/*\n{licences}*/\n{_script(bundle)}"


@cache
def _file(name: str) -> str:
    content = resources.files("reports.page").joinpath(name).read_text(encoding="utf-8")
    return _script(content) if name.endswith(".js") else content


def _script(source: str) -> str:
    """Take from a script what would end its element; CR, which a browser would change, too."""
    return _ENDS_SCRIPT.sub(r"\\x3c", source.replace("\r\n", "\n"))


def _policy(scripts: Sequence[str], styles: Sequence[str]) -> str:
    rules = {
        "default-src": ["'none'"],
        "script-src": [_hash(script) for script in scripts] or ["'none'"],
        "style-src": [_hash(style) for style in styles] or ["'none'"],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("reports.page", ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _visible(value: Any) -> Any:
    """Show what is hidden in a text; what is markup already was made from shown texts."""
    return lines(value) if type(value) is str else value
