import re
from dataclasses import fields

import pytest
from jinja2 import ChoiceLoader, Environment, PackageLoader, nodes

from afterclick.pages import folders
from afterclick.web.assets_built import STATIC
from afterclick.web.drawing import Frame, embedded

CONTEXTS = {
    f"{folder.name}/{name}.html": context
    for folder in folders()
    if folder.page and folder.page.context is not type(None)
    for name, context in (
        ("page", folder.page.context),
        *((part.name, part.context) for part in folder.page.parts),
    )
}


def used(template: str, name: str) -> set[str]:
    loader = ChoiceLoader([PackageLoader("afterclick.web"), PackageLoader("afterclick.pages", "")])
    environment = Environment(loader=loader, autoescape=True)
    source = loader.get_source(environment, template)[0]
    return {
        node.attr
        for node in environment.parse(source).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == name
    }


@pytest.mark.parametrize("template", CONTEXTS)
def test_a_template_uses_exactly_the_fields_of_its_documented_context(template: str) -> None:
    context = CONTEXTS[template]
    assert used(template, "page") == {field.name for field in fields(context)}
    assert context.__doc__
    assert not context.__doc__.startswith(f"{context.__name__}(")  # what dataclass writes when nobody did


def test_the_frame_and_the_templates_agree() -> None:
    everywhere = set[str]().union(
        *(used(template, "frame") for template in ("base.html", "settings.html", "sharing.html", *CONTEXTS))
    )
    assert everywhere <= {field.name for field in fields(Frame)}
    assert {field.name for field in fields(Frame)} - everywhere <= {"lens", "zone"}


def test_embedded_json_cannot_end_its_script() -> None:
    text = embedded({"name": "</script><!--\u2028&"})
    assert not set("<>&\u2028") & set(text)


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_every_colour_of_the_language_meets_aa_on_every_ground(theme: int) -> None:
    css = next(STATIC.glob("main-*.css")).read_text()
    tokens = dict(re.findall(r"--([a-z-]+):\s*light-dark\((#[^)]*)\)", css))
    colours = {name: _long(value.split(",")[theme].strip()) for name, value in tokens.items()}
    for ground in ("paper", "raised", "sunk"):
        for name in ("ink", "quiet", "felt", "did", "paid", "good", "needs-work", "poor"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
        assert contrast(colours["edge"], colours[ground]) >= 3.0, (
            "edge",
            ground,
        )  # 1.4.11: borders of fields


def _long(value: str) -> str:
    return value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])
