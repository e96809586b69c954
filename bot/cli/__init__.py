"""The commands of `inverso`, one module a group."""
