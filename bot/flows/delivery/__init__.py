"""What did not arrive, or arrived late: a line on the coordinator's page, and who it was."""
