"""The calendar that a person publishes: its busy times keep dates away from what is already there."""
