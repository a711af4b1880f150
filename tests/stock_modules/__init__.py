"""nginx's own modules answer the same with and without ours, if no directive uses ours."""
