"""Slack: gateway (in), send (out), render and parse (pure)."""
