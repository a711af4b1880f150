"""Clients, one a file: http1 on plain sockets, http2 on h2, http3 on aioquic."""
