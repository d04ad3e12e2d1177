"""The lots book: tax lots and realised sales of a household, rebuilt from what its accounts remember."""
