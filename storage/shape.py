"""What SQLite's planner is told of the tables: the shape of a large company, whatever the file holds today.

Without statistics it takes one index for as good as another, and reads everybody's rows where one person's were asked
for; with the day's own its plans would change while a company grows. Written with the tables they are the plans that
were tested, from the first day on (https://www.sqlite.org/queryplanner-ng.html, 5.1). PostgreSQL gathers its own.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

MANY, FEW = 200_000, 20
SMALL = frozenset(
    {"organisation", "workspace", "round", "lane", "worker", "matchrun", "release", "kickoff", "indicator", "sheet"}
)
"""Tables that stay small however many people there are."""
ALIKE = {
    "organisation_id": 1,
    "workspace_id": 1,
    "round_id": 12,
    "run_id": 12,
    "lane_id": 2,
    "state": 5,
    "priority": 3,
    "site": 20,
}
"""A row of how many has the same value in that column. In other columns a handful of rows has the same."""
HANDFUL = 10


def tell(connection: Connection) -> None:
    """Write the statistics of every index, instead of those that are there."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE organisation")  # the table of statistics is made by it alone
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", list(_rows(connection)))
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # read them again


def _rows(connection: Connection) -> Iterator[tuple[str, str | None, str]]:
    for table in connection.dialect.get_table_names(connection):
        rows = FEW if table in SMALL else MANY
        yield table, None, str(rows)
        for _, index, unique, *_ in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all():
            columns = [row[2] for row in connection.exec_driver_sql(f'PRAGMA index_info("{index}")').all()]
            yield table, index, " ".join(map(str, [rows, *_alike(rows, columns, unique=bool(unique))]))


def _alike(rows: int, columns: list[str], *, unique: bool) -> Iterator[int]:
    """How many rows have the same values in the first column, in the first two, and so on."""
    alike = rows
    for place, column in enumerate(columns, 1):
        alike = min(alike, max(1, rows // ALIKE[column]) if column in ALIKE else HANDFUL)
        yield 1 if unique and place == len(columns) else alike
