"""Inverso, a bot that runs reverse-mentoring programmes inside the chat that a company already uses."""
