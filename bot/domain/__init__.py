"""The rules of reverse mentoring as pure functions: no I/O, no clock, no chance, no framework."""
