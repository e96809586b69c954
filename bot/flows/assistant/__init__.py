"""The assistant whom a mentee names: hours and places of their meetings, to be booked and moved; nothing else."""
