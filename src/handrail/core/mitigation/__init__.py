"""Acts to stop the bleeding: the catalogue, and what was tried."""
