"""Connect to a declared database; the driver of its kind is loaded only then."""

from __future__ import annotations

from contextlib import AbstractContextManager

from pipeline.ingest.databases.declared import Connection, Declaration, address


def connected(declaration: Declaration, *, name: str) -> AbstractContextManager[Connection]:
    """Connect to a declared database, for reading only.

    Raises:
        DatabaseError: the driver is not installed or the database does not answer.
    """
    uri = address(declaration, name=name)
    if declaration.kind == "mysql":
        from pipeline.ingest.databases.mysql import connected as connected_mysql

        return connected_mysql(uri, name=name, variable=declaration.uri_variable)
    from pipeline.ingest.databases.postgresql import connected as connected_postgresql

    return connected_postgresql(uri, name=name, variable=declaration.uri_variable)
