import re
from dataclasses import fields

import pytest
from jinja2 import ChoiceLoader, Environment, PackageLoader, nodes

from afterclick.pages.connect.context import ConnectPage
from afterclick.pages.definitions.context import DefinitionsPage
from afterclick.pages.front.invitation.routes import InvitationPage
from afterclick.pages.front.set_up.routes import SetUpPage
from afterclick.pages.front.sign_in.routes import SignInPage
from afterclick.pages.front.sign_in_code.routes import CodePage
from afterclick.pages.overview.context import OverviewPage
from afterclick.pages.problem.context import EvidencePart, ProblemPage
from afterclick.pages.problems.context import ProblemsPage
from afterclick.pages.quality.context import QualityPage
from afterclick.pages.settings.account.routes import AccountPage
from afterclick.pages.settings.api_keys.routes import ApiKeysPage
from afterclick.pages.settings.audit.routes import AuditPage
from afterclick.pages.settings.installation.context import InstallationPage
from afterclick.pages.settings.keys.routes import KeysPage
from afterclick.pages.settings.members.routes import PeoplePage
from afterclick.pages.settings.privacy.routes import PrivacyPage
from afterclick.pages.settings.second_factor.routes import FactorPage
from afterclick.pages.settings.share.routes import SharePage
from afterclick.pages.settings.site.routes import SitesPage
from afterclick.pages.settings.system.context import SystemPage
from afterclick.pages.visit.context import VisitPage
from afterclick.pages.visits.context import VisitsPage
from afterclick.web.assets_built import STATIC
from afterclick.web.drawing import Frame, embedded

CONTEXTS = {
    "overview/page.html": OverviewPage,
    "problems/page.html": ProblemsPage,
    "problem/page.html": ProblemPage,
    "problem/evidence.html": EvidencePart,
    "visits/page.html": VisitsPage,
    "visit/page.html": VisitPage,
    "quality/page.html": QualityPage,
    "connect/page.html": ConnectPage,
    "definitions/page.html": DefinitionsPage,
    "settings/system/page.html": SystemPage,
    "settings/account/page.html": AccountPage,
    "settings/api_keys/page.html": ApiKeysPage,
    "settings/audit/page.html": AuditPage,
    "settings/second_factor/page.html": FactorPage,
    "front/invitation/page.html": InvitationPage,
    "settings/keys/page.html": KeysPage,
    "settings/members/page.html": PeoplePage,
    "settings/privacy/page.html": PrivacyPage,
    "front/set_up/page.html": SetUpPage,
    "settings/share/page.html": SharePage,
    "front/sign_in/page.html": SignInPage,
    "front/sign_in_code/page.html": CodePage,
    "settings/site/page.html": SitesPage,
    "settings/installation/page.html": InstallationPage,
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
