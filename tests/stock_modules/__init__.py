"""nginx's own modules answer as without the module, if the configuration does not use it."""
