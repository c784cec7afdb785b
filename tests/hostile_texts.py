"""What a model, a label or an error message may hold, for the tests of every output."""

HOSTILE = {
    "markup": "[bold red]x[/bold red] [link=http://evil]y[/link] [/]",
    "escape": "\x1b[2J\x1b]0;title\x07\x9b31m",
    "controls": "a\x00b\x08c\x7fd\r\ne\tf\vg",
    "bidi": "user\u202egnp.exe\u2066x\u2069\u200f",
    "lines": "one\ntwo\u2028three\u2029four\x85five",
    "surrogate": "half \ud800 pair \udfff",
    "formula": '=HYPERLINK("http://evil","x")',
    "full-width formula": "＝1+1",
    "apostrophe": "'=1+1",
    "quotes": "say \"a\", 'b'; c|d\\",
    "html": "<script>alert(1)</script><!-- & -->",
    "markdown": "# *a* _b_ `c` ~~d~~ [e](http://f) | @someone #12",
    "broken": "\ufffd\ufffd",
    "chinese": "春眠不觉晓，处处闻啼鸟。",
    "empty": "",
    "spaces": "   \n  ",
    "long": "词" * 5000,
}
