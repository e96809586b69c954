"""The coordinator's side of a round: the wizard, opening, status, cancelling, and the moves between its states."""
