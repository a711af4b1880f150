"""pta_gate behind other proxies: the recipe of docs/recipes.md, with Caddy and with the requests that
Traefik, ingress-nginx and Envoy send."""
