"""The token in a header: what upstreams get of it, and what a browser needs to send it."""
