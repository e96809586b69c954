"""Who should meet whom in a round: computed by fixed rules, read and approved by the coordinator."""
