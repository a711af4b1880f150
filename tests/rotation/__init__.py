"""Keys are rotated by hand and by `pta rotate`, under load, and key files change at reloads."""
