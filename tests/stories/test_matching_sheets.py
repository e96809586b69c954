"""The sheet of pairs: out with reasons, back in with decisions; one wrong line is named, and nothing changes."""

import csv
import io

import pytest

from storage.tables import AuditEntry, PairRule, Sheet
from tests.stage import Stage, StageHand
from tests.stories.test_matching import enrolled, matched, pairs
from tests.stories.test_pairing import rows

alone = pytest.mark.slack_alone  # what is in a sheet is judged behind the platforms
Line = dict[str, str]


async def downloaded(vale: StageHand) -> list[Line]:
    """The lines of the sheet that the coordinator gets in chat."""
    await vale.clicks("Scarica il foglio")
    sheet = (await vale.receives_files())["Spring.csv"]
    assert sheet.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff")), delimiter=";"))


def saved(lines: list[Line], separator: str = ";", encoding: str = "utf-8") -> bytes:
    """The lines as a spreadsheet saves them."""
    written = io.StringIO()
    writer = csv.DictWriter(written, list(lines[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(lines)
    return written.getvalue().encode(encoding)


def plain(vale: StageHand) -> str:
    """What was said, without the marks that keep typed text from being read as emphasis."""
    return vale.said.replace("\u2060", "")


def email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@aurea.example"


async def test_out_with_reasons_and_back_with_decisions(stage: Stage) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    lines = await downloaded(vale)
    proposed = await pairs(stage)
    assert sorted((line["mentor"], line["mentee"]) for line in lines) == sorted(proposed)
    assert all("cerca «Vedere dove va un progetto, e perché»" in line["motivi"] for line in lines)
    lines[0]["decisione"], lines[1]["decisione"] = "fissa", "exclude"
    await vale.sends_file("Spring.csv", saved(lines, ",", "cp1252"))
    assert "un abbinamento fissato" in vale.said and "un abbinamento escluso" in vale.said
    assert await rows(stage, Sheet) == []
    await vale.clicks("Ricalcola")
    after = await pairs(stage)
    fixed, excluded = ((line["mentor"], line["mentee"]) for line in lines[:2])
    assert fixed in after and excluded not in after and len(after) == 3
    assert "matching.sheet_taken" in [entry.action for entry in await rows(stage, AuditEntry)]


@alone
async def test_another_name_in_a_line_fixes_that_pair_and_an_emptied_decision_lets_go(stage: Stage) -> None:
    await enrolled(stage)
    vale = await matched(stage)
    await vale.clicks("Fissa questo abbinamento")
    lines = await downloaded(vale)
    assert [line["decisione"] for line in lines] == ["fissa", "", ""]
    lines[0]["decisione"] = ""
    free = next(
        name
        for name in ("Amelia Clarke", "Camilla Bruno", "Beatrice Greco", "Andrea Farina")
        if name not in {line["mentor"] for line in lines}
    )
    lines[1]["e-mail mentor"] = email(free)
    await vale.sends_file("pairs.csv", saved(lines))
    assert "un abbinamento fissato" in vale.said and "un abbinamento liberato" in vale.said
    await vale.clicks("Ricalcola")
    assert (free, lines[1]["mentee"]) in await pairs(stage)


@alone
async def test_wrong_lines_are_named_and_nothing_changes(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala", "Laura Barbieri"], ["Amelia Clarke", "Camilla Bruno", "Alessandro Pellegrini"])
    vale = await matched(stage)
    lines = await downloaded(vale)
    good = {**lines[0], "decisione": "fissa"}
    wrong = [
        good,
        {**lines[1], "decisione": "forse"},
        {**lines[1], "e-mail mentor": "nobody@aurea.example"},
        {**lines[1], "e-mail mentee": ""},
        {**lines[1], "numero": "999999"},
        {
            **lines[1],
            "numero": "",
            "e-mail mentor": email("Alessandro Pellegrini"),
            "e-mail mentee": email("Elena Sala"),
        },
        {**lines[0], "decisione": "escludi"},
    ]
    await vale.sends_file("pairs.csv", saved(wrong))
    assert "Non è cambiato nulla: ci sono 6 righe da rivedere" in vale.said
    for words in (
        "Riga 3: «forse» non è una decisione",
        "Riga 4: nessuno in questo ciclo ha l’e-mail nobody@aurea.example",
        "Riga 5: la cella sotto «e-mail mentee» è vuota",
        "Riga 6: questo abbinamento è di un altro calcolo",
        "Riga 7: Le due persone hanno la stessa persona responsabile",
        "Riga 8: la riga 2 dice un’altra cosa",
    ):
        assert words in plain(vale)
    assert await rows(stage, PairRule) == []


@alone
async def test_rules_and_room_hold_for_a_sheet(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala", "Laura Barbieri"], ["Amelia Clarke", "Alessandro Pellegrini"])
    vale = await matched(stage)
    first = (await downloaded(vale))[0]
    new = {**first, "numero": "", "decisione": "fissa"}
    await vale.sends_file(
        "pairs.csv",
        saved(
            [
                {**new, "e-mail mentor": email("Alessandro Pellegrini"), "e-mail mentee": email("Elena Sala")},
                {**new, "e-mail mentor": email("Amelia Clarke"), "e-mail mentee": email("Elena Sala")},
                {**new, "e-mail mentor": email("Amelia Clarke"), "e-mail mentee": email("Laura Barbieri")},
            ]
        ),
    )
    assert "Riga 2: Le due persone hanno la stessa persona responsabile" in vale.said
    assert "Riga 4: Una delle due persone non ha più posto" in vale.said
    assert await rows(stage, PairRule) == []


@alone
@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("pairs.xlsx", b"PK", "finiscono in .csv"),
        ("pairs.csv", b"\x00\xff\x00", "manca la colonna «e-mail mentor»"),
        ("pairs.csv", b'e-mail mentor;e-mail mentee\n"a', "come tabella"),
    ],
)
async def test_a_file_that_is_no_sheet_is_refused_kindly(stage: Stage, name: str, data: bytes, words: str) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    vale = await matched(stage)
    await vale.sends_file(name, data)
    assert words in plain(vale)


async def test_only_coordinators_send_sheets(stage: Stage) -> None:
    await enrolled(stage, ["Elena Sala"], ["Amelia Clarke"])
    await matched(stage)
    amelia = stage.hand("Amelia Clarke")
    await amelia.sends_file("pairs.csv", b"mentor e-mail,mentee e-mail\n")
    assert "Only the people who coordinate" in amelia.said
    assert await rows(stage, Sheet) == []


async def test_a_name_commands_no_spreadsheet() -> None:
    from bot.flows.matching.sheet_rows import read, rows_text

    assert rows_text([["=HYPERLINK(1)", "-1", "Anna"]], "en") == "'=HYPERLINK(1),'-1,Anna\r\n"
    [line], problems = read(b"mentor e-mail,mentee e-mail,decision\r\n'A@x.it,b@x.it,fix\r\n")
    assert (line.mentor, line.decision, problems) == ("a@x.it", "fixed", [])


def test_the_columns_are_said_in_each_language_and_by_peers_own_words() -> None:
    from bot.flows.matching.sheet_rows import header, read
    from bot.locales import speaker

    for language in ("it", "en"):
        for peers in (False, True):
            first = header(speaker(language), peers=peers)
            assert ("mentee" in first) != peers
            assert read(first.encode(), peers=peers) == ([], [])
