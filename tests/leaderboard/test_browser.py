"""The pages in a real browser."""

import pytest

from tests.leaderboard.examples import HOSTILE

pytestmark = [pytest.mark.debian, pytest.mark.slow]

BOARD = "site/localization-mini.html"

NAMES = """[...document.querySelectorAll("#board tbody tr")]
  .filter((row) => !row.hidden).map((row) => row.querySelector("bdi").textContent)"""

HONEST = ("alpha", "told", "Beta", "gamma", "system 10", "system 9")
"""As their scores order them."""


@pytest.fixture
def board(browser, served):
    """The board, freshly opened."""
    browser.show(1280)
    browser.open(f"{served}/{BOARD}")
    return browser


def test_the_filters_and_their_labels_stand_in_line(board):
    tops = board.run(
        """["label", "input, .filters select"].map((what) => [...new Set(
        [...document.querySelectorAll(`.filters ${what}`)]
        .map((one) => one.getBoundingClientRect().top))])"""
    )
    assert [len(of) for of in tops] == [1, 1]


def names(browser):
    """Honest systems shown, in order."""
    return [name for name in browser.run(NAMES) if name in HONEST]


def click(browser, heading):
    browser.run(
        f"""[...document.querySelectorAll("#board thead button")]
        .find((button) => button.textContent.trim() === {heading!r}).click()"""
    )


def sorts(browser):
    """Which headings say that the table is sorted by them, and how."""
    return browser.run(
        """Object.fromEntries([...document.querySelectorAll("#board thead [aria-sort]")]
        .map((heading) => [heading.textContent.trim(), heading.getAttribute("aria-sort")]))"""
    )


def choose(browser, field, value):
    browser.run(
        f"""(() => {{ const field = document.querySelector(".filters").elements[{field!r}];
        field.value = {value!r};
        field.dispatchEvent(new Event("input", {{bubbles: true}})); }})()"""
    )


def pages(site):
    return [path.relative_to(site.parent).as_posix() for path in sorted(site.rglob("*.html"))]


def test_every_page_opens_without_a_complaint_or_a_request_elsewhere(browser, served, site):
    browser.show(1280)
    for page in pages(site):
        browser.open(f"{served}/{page}")
        assert browser.complaints == [], page
        assert browser.requests
        assert all(address.startswith(f"{served}/site/") for address in browser.requests), page
        assert browser.run("window.hacked") is None


def test_pages_work_as_plain_files(browser, site):
    for page in pages(site)[:4]:
        browser.open((site.parent / page).as_uri())
        assert browser.complaints == []
        assert all(address.startswith(site.as_uri()) for address in browser.requests)
    browser.open((site / "localization-mini.html").as_uri())
    assert browser.run("getComputedStyle(document.body).margin") == "0px"
    click(browser, "System")
    assert "System" in sorts(browser)


def test_the_board_opens_in_order_of_its_score(board):
    assert names(board) == [*HONEST]
    assert sorts(board) == {"OSPA (deg)": "ascending"}


def test_a_heading_sorts_and_once_more_turns_the_order(board):
    click(board, "OSPA (deg)")
    assert names(board) == [*HONEST][::-1]
    assert sorts(board) == {"OSPA (deg)": "descending"}
    click(board, "OSPA (deg)")
    assert names(board) == [*HONEST]


def test_names_sort_as_people_do(board):
    click(board, "System")
    assert names(board) == ["alpha", "Beta", "gamma", "system 9", "system 10", "told"]
    assert sorts(board) == {"System": "ascending"}


def test_who_has_no_rank_comes_last_in_either_order(board):
    for last in ("told", "told"):
        click(board, "Rank")
        assert names(board)[-1] == last
    assert names(board)[0] == "system 9"


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("oracle", "yes", ["told"]),
        ("oracle", "no", [name for name in HONEST if name != "told"]),
        ("training", "LibriSpeech", ["gamma"]),
        ("edition", "1", [*HONEST]),
        ("name", " SYSTEM ", ["system 10", "system 9"]),
        ("name", "nobody", []),
    ],
)
def test_a_filter_leaves_what_it_asks_for(board, field, value, shown):
    choose(board, field, value)
    assert names(board) == shown


def test_filters_work_together_and_say_how_many_are_left(board):
    choose(board, "oracle", "no")
    choose(board, "name", "a")
    choose(board, "training", "LibriSpeech")
    assert names(board) == ["gamma"]
    assert board.run("document.querySelector('output').textContent") == "1 of 16 shown"
    choose(board, "training", "")
    choose(board, "name", "")
    choose(board, "oracle", "")
    assert board.run("document.querySelector('output').textContent") == "16 of 16 shown"


def test_filters_stay_when_the_table_is_sorted(board):
    choose(board, "name", "system")
    click(board, "System")
    assert names(board) == ["system 9", "system 10"]


@pytest.mark.parametrize("name", HOSTILE[:8])
def test_hostile_training_data_filters_as_text(board, name):
    choose(board, "training", name)
    assert board.run(NAMES) == [name]


def test_hostile_names_are_text(board):
    shown = board.run(NAMES)
    assert {*HOSTILE[:8]} < {*shown}
    assert (
        board.run(
            "document.querySelectorAll('#board bdi *, #board h1, main script, main img').length"
        )
        == 0
    )


def test_everything_is_reached_and_worked_with_the_keyboard(board):
    board.press("Tab")
    assert board.run("document.activeElement.className") == "skip"
    assert board.run("document.activeElement.getBoundingClientRect().top >= 0")
    board.press("Enter")
    assert board.run("location.hash") == "#content"
    board.run("document.querySelector('#board thead button').focus()")
    board.press("Tab")
    assert board.run("document.activeElement.textContent.trim()") == "System"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert board.run(outline) == "solid"
    board.press("Enter")
    assert sorts(board) == {"System": "ascending"}
    board.press(" ")
    assert sorts(board) == {"System": "descending"}


def test_every_control_has_a_name(board):
    assert (
        board.run(
            """[...document.querySelectorAll("input, select, button, a, [role=region]")]
        .filter((each) => !(each.textContent.trim() || each.labels?.length
          || each.getAttribute("aria-label") || each.getAttribute("aria-labelledby"))).length"""
        )
        == 0
    )


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 1920])
def test_no_page_is_wider_than_its_window(browser, served, site, width):
    browser.show(width)
    own = [page for page in pages(site) if "submissions" not in page]
    for page in [*own, *pages(site)[-2:]]:
        browser.open(f"{served}/{page}")
        assert browser.run("document.documentElement.scrollWidth") <= width, page


LUMINANCE = """(() => {
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((x) => x / 255)
      .map((x) => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = luminance(getComputedStyle(document.body).backgroundColor);
  return Object.fromEntries(SELECTORS.map((selector) => {
    const each = document.querySelector(selector);
    const style = getComputedStyle(each);
    const front = luminance(each.closest("svg") ? style.fill : style.color);
    return [selector, (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)];
  }));
})()"""


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark_can_be_read(browser, served, dark):
    browser.show(1280, dark=dark)
    browser.open(f"{served}/{BOARD}")
    background = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(19, 22, 26)") == dark
    read = [
        "h1",
        ".lead",
        "td.ranking",
        "tr.told td.ranking",
        "th a",
        ".tag",
        ".tie",
        ".chart text",
    ]
    contrasts = browser.run(LUMINANCE.replace("SELECTORS", repr(read)))
    # 4.5 for text: WCAG 2.2, success criterion 1.4.3.
    assert {name: ratio for name, ratio in contrasts.items() if ratio < 4.5} == {}
    marks = [f"path.series-{number}" for number in range(1, 7)]
    contrasts = browser.run(LUMINANCE.replace("SELECTORS", repr(marks)))
    # 3 for pictures: WCAG 2.2, success criterion 1.4.11.
    assert {name: ratio for name, ratio in contrasts.items() if ratio < 3.0} == {}


def test_a_script_that_gets_into_a_page_does_not_run(browser, served, site):
    sick = site.parent / "site" / "sick.html"
    page = (site / "localization-mini.html").read_text(encoding="utf-8")
    sick.write_text(
        page.replace(
            "<h1>",
            "<script>window.hacked = 1</script><img src=icon.svg onload='window.hacked = 2'>"
            "<script src='https://example.org/x.js'></script>"
            "<img src='https://example.org/x.png'><h1 style='color: red'>",
            1,
        ),
        encoding="utf-8",
    )
    try:
        browser.open(f"{served}/site/sick.html")
        assert browser.run("window.hacked") is None
        assert browser.run("document.querySelector('h1').style.color") in ("", "red")
        assert (
            browser.run("getComputedStyle(document.querySelector('h1')).color") != "rgb(255, 0, 0)"
        )
        refused = [each for each in browser.complaints if "Content Security Policy" in each]
        assert len(refused) >= 4
    finally:
        sick.unlink()


def test_a_script_that_is_added_later_does_not_run(board):
    board.run(
        """(() => { const script = document.createElement("script");
        script.textContent = "window.hacked = 1"; document.body.append(script); })()"""
    )
    assert board.run("window.hacked") is None
    assert any("Content Security Policy" in each for each in board.complaints)


def test_without_scripts_the_table_is_there(browser, served):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(f"{served}/{BOARD}")
        assert browser.run("document.querySelector('.filters').hidden")
        assert names(browser) == [*HONEST]
        assert browser.run("document.querySelectorAll('thead button').length") == 0
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_charts_have_names_for_those_who_do_not_see_them(board):
    assert board.run("document.querySelectorAll('svg.chart').length") > 3
    assert board.run(
        "[...document.querySelectorAll('svg.chart')].every((each) => ['title', 'desc'].every("
        "(name) => each.querySelector(`:scope > ${name}`).textContent))"
    )
