"""What a pair lets out by choice: a lesson, an improvement, a testimonial; nothing without everybody's yes."""
