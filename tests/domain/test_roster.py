import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.roster import COLUMNS, UNKNOWN, parse_roster

HEADER = (
    "email,name,department,job_title,career_stage,tenure_band,site,country,timezone,languages,manager_email,"
    "platform,other_programme"
)


def line(email="ada@x.example", name="Ada Neri", **other: str) -> str:
    cells = {
        "email": email,
        "name": name,
        "department": "Sales",
        "job_title": "Seller",
        "career_stage": "early",
        "tenure_band": "2-4",
        "site": "Milano",
        "country": "IT",
        "timezone": "Europe/Rome",
        "languages": "it;en",
        "manager_email": "",
        "platform": "",
        "other_programme": "",
    } | other
    out = io.StringIO()
    csv.writer(out).writerow(cells[name] for name in HEADER.split(","))
    return out.getvalue().strip()


def file(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines, "")).encode()


BOSS = line("boss@x.example", "Bo Sse", career_stage="executive")


def problems(data: bytes, **known):
    return [(p.line, p.column, p.code) for p in parse_roster(data, **known).errors]


def warnings(data: bytes):
    return [(p.line, p.column, p.code) for p in parse_roster(data).problems if p.severity == "warning"]


def test_a_good_file():
    report = parse_roster(
        file(BOSS, line(email=" Ada@X.example ", manager_email="BOSS@x.example", languages="IT; en-GB"))
    )
    assert report.problems == ()
    boss, ada = report.rows
    assert (ada.email, ada.manager_email, ada.languages) == ("ada@x.example", "boss@x.example", ("it", "en"))
    assert boss.manager_email is None
    assert report.good_rows == report.rows


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig"])
def test_accents_in_utf_8(encode):
    data = file(BOSS, line(name="Zoë D’Amà", manager_email="boss@x.example")).decode().encode(encode)
    assert parse_roster(data).rows[1].name == "Zoë D’Amà"


@pytest.mark.parametrize(
    ("data", "at", "code", "params"),
    [
        (b"", 1, "empty_file", {}),
        (b"\xef\xbb\xbf \n\n", 1, "empty_file", {}),
        (file(line(name="Nicolò")).decode().encode("cp1252"), 2, "encoding", {"found": "cp1252"}),
        (file(BOSS, line(name="Nicolò\x81")).decode().encode("latin-1"), 3, "encoding", {"found": "latin-1"}),
        (file(line()).decode().encode("utf-16"), 1, "encoding", {"found": "utf-16"}),
        (file(line()).decode().encode("utf-16-le"), 1, "encoding", {"found": "utf-16"}),
        (file(line()).replace(b",", b";"), 1, "separator", {"found": "semicolon"}),
        (file(line()).replace(b",", b"\t"), 1, "separator", {"found": "tab"}),
        (b'"', 1, "quotes", {}),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, at, code, params):
    report = parse_roster(data)
    assert [(p.line, p.code, p.params) for p in report.problems] == [(at, code, params)]
    assert report.rows == report.good_rows == ()


def test_missing_columns_are_all_named():
    found = problems(b"email,name,department,site,country,timezone,languages\na@x.it,A,B,C,IT,Europe/Rome,it\n")
    assert found == [(1, "career_stage", "missing_column"), (1, "manager_email", "missing_column")]


def test_unknown_columns_are_only_pointed_out():
    data = (HEADER + ",shoe size\n" + BOSS + ",43\n").encode()
    assert problems(data) == []
    assert (1, "shoe size", "unknown_column") in warnings(data)


def test_a_column_twice():
    assert problems((HEADER + ",Email\n" + BOSS + ",x\n").encode()) == [(1, "email", "duplicate_column")]


def test_header_only():
    assert problems(file()) == [(1, None, "no_people")]


def test_a_roster_without_managers_is_pointed_out():
    assert warnings(file(BOSS)) == [(1, "manager_email", "no_managers")]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"email": ""}, "email", "empty_email"),
        ({"email": "ada"}, "email", "malformed_email"),
        ({"email": "ada@x"}, "email", "malformed_email"),
        ({"email": "a da@x.it"}, "email", "malformed_email"),
        ({"email": "ada@@x.it"}, "email", "malformed_email"),
        ({"email": "ada..b@x.it"}, "email", "malformed_email"),
        ({"email": "ada@x.it, bo@x.it"}, "email", "malformed_email"),
        ({"name": "  "}, "name", "empty_name"),
        ({"name": "A" * 201}, "name", "too_long"),
        ({"name": "A\0da"}, "name", "nul_byte"),
        ({"career_stage": "junior"}, "career_stage", "unknown_career_stage"),
        ({"career_stage": ""}, "career_stage", "unknown_career_stage"),
        ({"timezone": "Roma"}, "timezone", "unknown_timezone"),
        ({"timezone": "../etc/passwd"}, "timezone", "unknown_timezone"),
        ({"country": "Italia"}, "country", "unknown_country"),
        ({"languages": ""}, "languages", "empty_languages"),
        ({"languages": "it;xx"}, "languages", "unknown_language"),
        ({"languages": "it,en"}, "languages", "unknown_language"),
        ({"tenure_band": "02-Apr"}, "tenure_band", "unknown_tenure_band"),
        ({"manager_email": "nobody@x.it"}, "manager_email", "unknown_manager"),
        ({"manager_email": "ADA@x.example"}, "manager_email", "own_manager"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_by_line(change, column, code):
    data = file(BOSS, line(**change))
    assert problems(data) == [(3, column, code)]
    assert [row.email for row in parse_roster(data).good_rows] == ["boss@x.example"]


@pytest.mark.parametrize("email", ["ada+bo@x.it", "o'hara@sub.x-y.co.uk", "1@2.it", "zoë@münchen.de"])
def test_unusual_addresses_are_addresses(email):
    assert problems(file(line(email))) == []


@pytest.mark.parametrize(("cells", "code"), [("a,b", "too_few_fields"), (line() + ",more", "too_many_fields")])
def test_a_row_of_another_width(cells, code):
    assert problems(file(BOSS, cells)) == [(3, None, code)]


def test_the_second_row_of_an_address_is_the_wrong_one():
    data = file(line("ada@x.example"), line("ADA@X.example", name="Other"))
    report = parse_roster(data)
    assert report.errors[0].params == {"email": "ada@x.example", "first_line": 2}
    assert [row.name for row in report.good_rows] == ["Ada Neri"]


def test_lines_are_counted_as_an_editor_counts_them():
    data = file('"a\nb",x', "", line(email="wrong"))
    assert problems(data) == [(2, None, "too_few_fields"), (5, "email", "malformed_email")]


def test_an_open_quote_is_told_where_it_opens():
    report = parse_roster(file(BOSS, '"' + line(), line("c@x.it")))
    assert [(p.line, p.code) for p in report.errors] == [(3, "quotes")]
    assert report.good_rows == ()


def test_managers_may_be_people_already_known():
    data = file(line(manager_email="Old@x.it"))
    assert problems(data, existing_emails={"OLD@x.it"}) == []


def test_of_a_person_whose_manager_is_skipped_it_is_not_known_who_that_is():
    data = file(line("boss@x.example", career_stage="?"), line(manager_email="boss@x.example"))
    assert [(row.email, row.manager_email) for row in parse_roster(data).good_rows] == [("ada@x.example", UNKNOWN)]


def test_a_manager_with_a_good_and_a_bad_row_remains_the_manager():
    data = file(BOSS, line("boss@x.example", career_stage="?"), line(manager_email="boss@x.example"))
    assert parse_roster(data).good_rows[1].manager_email == "boss@x.example"


def ring(*emails: str) -> list[str]:
    return [line(e, manager_email=m) for e, m in zip(emails, (*emails[1:], emails[0]), strict=True)]


def test_a_ring_of_managers_names_everybody_in_it_once():
    below = line("low@x.it", manager_email="b@x.it")
    report = parse_roster(file(below, *ring("a@x.it", "b@x.it", "c@x.it"), BOSS))
    (problem,) = report.errors
    assert (problem.line, problem.code) == (3, "manager_cycle")
    assert problem.params == {"people": ("a@x.it", "b@x.it", "c@x.it"), "lines": (3, 4, 5)}
    assert [(row.email, row.manager_email) for row in report.good_rows] == [
        ("low@x.it", UNKNOWN),
        ("boss@x.example", None),
    ]


def test_a_ring_through_people_already_known():
    data = file(line("a@x.it", manager_email="old@x.it"))
    (problem,) = parse_roster(data, existing_managers={"old@x.it": "a@x.it"}).errors
    assert problem.params["people"] == ("a@x.it", "old@x.it")


def test_a_hundred_thousand_lines_in_one_ring():
    emails = [f"p{n}@x.it" for n in range(100_000)]
    (problem,) = parse_roster(file(*ring(*emails))).errors
    assert problem.code == "manager_cycle"
    assert len(problem.params["people"]) == 100_000


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    report = parse_roster(data)
    assert report.errors
    assert report.good_rows == ()


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, cells)), min_size=1, max_size=5))
def test_no_cells_break_the_reader(people):
    report = parse_roster(file(*(line(**person) for person in people)))
    assert {row.line for row in report.good_rows}.isdisjoint(report.bad_lines)


@given(st.lists(st.integers(0, 11), min_size=12, max_size=12))
def test_without_errors_everybody_has_a_top(managers):
    rows = [line(f"p{n}@x.it", manager_email=f"p{m}@x.it") for n, m in enumerate(managers)]
    good = {row.email: row.manager_email for row in parse_roster(file(*rows)).good_rows}
    for email in good:
        steps, above = 0, email
        while above := good[above]:
            steps += 1
            assert steps <= len(good)
