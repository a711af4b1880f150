"""Clients, one a file: http1 on plain sockets, http3 on aioquic."""
