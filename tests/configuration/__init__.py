"""What `nginx -t` accepts, warns of and refuses, message by message."""
