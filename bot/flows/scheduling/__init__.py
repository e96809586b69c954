"""Finding a date for a session: times that suit both, dates as people type them, calendars."""
