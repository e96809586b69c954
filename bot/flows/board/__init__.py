"""What a coordinator sees of the rounds that go on, week by week, and does about one pair."""
