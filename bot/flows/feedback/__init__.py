"""Asking what people think: short surveys under a random key, reminders, thanks, and the totals to them first."""
