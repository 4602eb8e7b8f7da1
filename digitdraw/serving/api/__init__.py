"""What programs can ask: REST routes and their description."""
