"""The only place that names a platform: each turns its own protocol into events, and replies into its own drawing."""
