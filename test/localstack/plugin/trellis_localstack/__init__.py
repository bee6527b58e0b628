"""Features that LocalStack 4.14 lacks without Docker, for the behaviour suite. See ../../README.md."""
