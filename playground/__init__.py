"""A simulated chat workspace that speaks Slack's own protocol, with a web page to visit it.

It knows nothing of the bot but its address.
"""
