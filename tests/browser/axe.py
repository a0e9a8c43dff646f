"""axe-core, which holds a page to the Web Content Accessibility Guidelines 2.2, level AA."""

from pathlib import Path
from typing import cast

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = """
levels => axe.run({runOnly: levels, resultTypes: ['violations']}).then(found => found.violations.map(one => {
  const where = one.nodes.slice(0, 3).map(node => node.target.join(' '));
  return `${one.id}: ${one.help} (${where.join(', ')})`;
}))
"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is drawn now: a sentence for each rule, and where."""
    page.evaluate(SOURCE.read_text())
    return cast(list[str], page.evaluate(ASK, LEVELS))
