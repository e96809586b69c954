"""What the relay counts for ``/metrics``: of this process, since it began."""

from prometheus_client import Counter, Histogram

SENT, RETRIED, REFUSED = "sent", "retried", "refused"

promises = Counter("inverso_promises", "What became of promises.", ("job", "platform", "outcome"))
lateness = Histogram(
    "inverso_lateness_seconds",
    "From when a message was owed to when it was said.",
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400, 86400),
)
late = Counter("inverso_late", "Messages that were said more than an hour after they were owed.", ("job", "platform"))
pauses = Counter("inverso_lane_pauses", "Pauses of lanes.", ("platform", "method", "reason"))
lease_losses = Counter("inverso_lease_losses", "Promises that another worker had taken over when they were marked.")
