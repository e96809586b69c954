"""What a platform's administrator uploads to make the app known."""
