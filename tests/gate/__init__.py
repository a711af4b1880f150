"""pta_gate behind other proxies: the recipe of docs/recipes.md.

With Caddy, and with the requests that Traefik, ingress-nginx and Envoy send.
"""
