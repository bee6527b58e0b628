"""What LocalStack 4.14 lacks without Docker, so that the behaviour suite can run on it. See ../../README.md."""
