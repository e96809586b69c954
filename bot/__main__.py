"""The command line `inverso`."""

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Reverse mentoring inside the chat you already use.")


@app.callback()
def inverso() -> None:
    """Reverse mentoring inside the chat you already use."""


def main() -> None:
    """Entry point of the `inverso` command."""
    app()


if __name__ == "__main__":
    main()
