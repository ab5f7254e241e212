"""Flask routes, one module per family."""
