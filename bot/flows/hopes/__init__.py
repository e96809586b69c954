"""What people hope for, and are afraid of, before a round begins: said without a name, read when enrolment is over."""
