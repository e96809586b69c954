"""Way in 2, a job later: claim → decide in one unit of work → commit → send, with no transaction open → mark.

``post``      what the relay and a platform's way out say to each other
``relay``     the loop: claims what is due, keeps several organisations going at once, stops cleanly
``deciding``  what a few due promises come to: something done, something said now or later, nothing
``disturbing`` asks the nudge policy for unrequested messages
``pacing``    who may go now, and who waits in a lane
``marking``   writes down what became of messages, as many at once as have come back
``turns``     lets whoever is being answered go first
``counts``    what is counted for ``/metrics``
"""

from bot.relay.post import Address, Limit, Parcel, Receipt, Sender, Undelivered
from bot.relay.relay import Relay

__all__ = ["Address", "Limit", "Parcel", "Receipt", "Relay", "Sender", "Undelivered"]
