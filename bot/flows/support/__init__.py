"""Being left in peace: what comes next, snooze and stop, pause, leaving without fault or for good."""
