"""Microsoft Teams: gateway (in), connector and send (out), render and parse (pure)."""
